// _native: the hot paths of decloak. Optional: each has a twin in Python that gives the same answers.
#include "channel.hpp"
#include "ground.hpp"
#include "json.hpp"
#include "lines.hpp"
#include "linked.hpp"
#include "links.hpp"
#include "records.hpp"
#include "shapes.hpp"
#include "suffixes.hpp"
#include "sweep.hpp"
#include "tokens.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

namespace py = pybind11;
using namespace decloak;

// Raised with every change of what a function takes or gives; `decloak.core.native` loads no other.
constexpr int REVISION = 7;

PYBIND11_MODULE(_native, module) {
    module.doc() = "The hot paths of decloak; each has a twin in Python.";
    module.attr("REVISION") = REVISION;
    module.def("even", &even, py::arg("text"));
    py::class_<Channel>(module, "Channel")
        .def(py::init<py::list, py::list, std::vector<int>, py::object, size_t>())
        .def("search", &Channel::search)
        .def("reaches", &Channel::reaches);
    py::class_<Grounder>(module, "Grounder")
        .def(py::init<py::type, py::str, py::str, py::tuple, py::buffer, py::buffer, py::dict, py::object>())
        .def("entities", &Grounder::entities);
    py::class_<Recorder>(module, "Recorder")
        .def(py::init<py::str, py::tuple, py::list, py::list, py::dict, py::dict>())
        .def("record", &Recorder::record);
    py::class_<Claims>(module, "Claims")
        .def(py::init<py::type, py::object, py::object, py::object, py::object>())
        .def("of", &Claims::of_value)
        .def("clear", &Claims::clear)
        .def("__len__", &Claims::size);
    py::class_<Shapes>(module, "Shapes")
        .def(py::init<py::type, size_t, bool>())
        .def("run", &Shapes::run)
        .def("learn", &Shapes::learn)
        .def("key", &Shapes::key)
        .def("clear", &Shapes::clear)
        .def("__len__", &Shapes::size);
    py::class_<Suffixes>(module, "Suffixes")
        .def(py::init<py::sequence>())
        .def("registered", &Suffixes::registered);
    py::class_<Links>(module, "Links")
        .def(py::init<py::type, py::dict, py::dict, py::object, py::object, py::object, py::str, py::tuple, bool>())
        .def("clear", &Links::clear)
        .def("__len__", &Links::size);
    module.def("dotted_tokens", &dotted_tokens);
    module.def("json_entities", &json_entities);
    module.def("json_value", &json_value);
    module.def("linked", &linked);
    module.def("standing", &standing);
    module.def("take", &take);
}
