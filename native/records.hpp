// Records: the facts of one record as nested dictionaries; the twin of `decloak.assemble.records`.
#pragma once

#include "ground.hpp"

#include <map>

namespace decloak {

class Recorder {
  public:
    // kinds, parents: of every record. many: kind -> set of the fields that hold lists. plurals: kind -> key.
    Recorder(py::str text, py::tuple runs, py::list kinds, py::list parents, py::dict many, py::dict plurals)
        : text_object_(std::move(text)), text_(text_object_), columns_(std::move(runs)), back_(columns_),
          kinds_(std::move(kinds)), parents_(std::move(parents)), many_(std::move(many)),
          plurals_(std::move(plurals)) {}

    // The record of facts[low:high], with their canonical values (None: as it stands in the text).
    py::object record(const py::list &facts, const py::list &values, size_t low, size_t high) {
        if (high > facts.size() || high > values.size()) throw py::index_error("no such facts");
        std::map<Py_ssize_t, py::dict> records;
        Py_ssize_t last = -1, run = -1;
        PyObject *record = nullptr, *listed = nullptr;
        for (size_t at = low; at < high; at++) {
            PyObject *fact = PyList_GET_ITEM(facts.ptr(), static_cast<Py_ssize_t>(at));
            const Py_ssize_t number = PyLong_AsSsize_t(PyTuple_GET_ITEM(fact, 2));
            if (number < 0) continue;
            if (number != last) {
                last = number;
                record = opened(number, records).ptr();
                listed = PyDict_GetItem(many_.ptr(), PyList_GET_ITEM(kinds_.ptr(), number));
                if (!listed) throw py::key_error("an unknown kind of record");
            }
            PyObject *field = PyTuple_GET_ITEM(fact, 3);
            const int is_many = PySet_Contains(listed, field);
            if (is_many < 0) throw py::error_already_set();
            PyObject *held = PyDict_GetItem(record, field);
            if (!is_many && held) continue;
            const py::dict entry = this->entry(fact, PyList_GET_ITEM(values.ptr(), static_cast<Py_ssize_t>(at)), run);
            if (!is_many) {
                PyDict_SetItem(record, field, entry.ptr());
            } else if (held) {
                PyList_Append(held, entry.ptr());
            } else {
                py::list list;
                list.append(entry);
                PyDict_SetItem(record, field, list.ptr());
            }
        }
        if (records.empty()) throw py::index_error("no fact of a record");
        for (auto each = std::next(records.begin()); each != records.end(); ++each) attach(each->first, each->second, records);
        return records.begin()->second;
    }

  private:
    py::dict entry(PyObject *fact, PyObject *value, Py_ssize_t &run) {
        const Py_ssize_t start = PyLong_AsSsize_t(PyTuple_GET_ITEM(fact, 0));
        const Py_ssize_t end = PyLong_AsSsize_t(PyTuple_GET_ITEM(fact, 1));
        if (!(0 <= start && start < end && end <= text_.size)) throw py::index_error("a fact outside the text");
        Py_ssize_t low = start, high = end;
        if (!back_.is_identity()) {
            run = back_.run_at(static_cast<uint32_t>(start), run);
            low = back_.low_of(static_cast<uint32_t>(start), run);
            high = back_.high_of(static_cast<uint32_t>(end - 1), back_.run_at(static_cast<uint32_t>(end - 1), run));
        }
        const py::object shown = value == Py_None ? py::reinterpret_steal<py::object>(text_.slice(start, end))
                                                  : py::reinterpret_borrow<py::object>(value);
        py::dict made;
        PyDict_SetItem(made.ptr(), value_.ptr(), shown.ptr());
        PyDict_SetItem(made.ptr(), start_.ptr(), py::int_(low).ptr());
        PyDict_SetItem(made.ptr(), end_.ptr(), py::int_(high).ptr());
        return made;
    }

    // Opens a record, and those above it; a parent is always opened before its children.
    py::dict opened(Py_ssize_t number, std::map<Py_ssize_t, py::dict> &records) {
        const auto known = records.find(number);
        if (known != records.end()) return known->second;
        py::dict made;
        for (Py_ssize_t chain = number; chain >= 0 && !records.count(chain); chain = parent(chain)) {
            py::dict record;
            PyDict_SetItem(record.ptr(), kind_.ptr(), PyList_GET_ITEM(kinds_.ptr(), chain));
            records.emplace(chain, record);
            if (chain == number) made = record;
        }
        return made;
    }

    Py_ssize_t parent(Py_ssize_t number) const {
        if (number >= static_cast<Py_ssize_t>(parents_.size())) throw py::index_error("no such record");
        return PyLong_AsSsize_t(PyList_GET_ITEM(parents_.ptr(), number));
    }

    void attach(Py_ssize_t number, const py::dict &record, std::map<Py_ssize_t, py::dict> &records) {
        PyObject *plural = PyDict_GetItem(plurals_.ptr(), PyList_GET_ITEM(kinds_.ptr(), number));
        const auto above = records.find(parent(number));
        if (!plural || above == records.end()) throw py::key_error("a record without its parent");
        PyObject *held = PyDict_GetItem(above->second.ptr(), plural);
        if (held) {
            PyList_Append(held, record.ptr());
        } else {
            py::list list;
            list.append(record);
            PyDict_SetItem(above->second.ptr(), plural, list.ptr());
        }
    }

    py::str text_object_;
    Text text_;
    py::tuple columns_;
    Back back_;
    py::list kinds_, parents_;
    py::dict many_, plurals_;
    py::str value_{"value"}, start_{"start"}, end_{"end"}, kind_{"kind"};
};

}  // namespace decloak
