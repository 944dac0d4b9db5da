// Slots: the attributes of a Python class with `__slots__`, reached in place.
#pragma once

#include "text.hpp"

#include <structmember.h>

#include <vector>

namespace decloak {

class Slots {
  public:
    // kind: a dataclass with slots. count: how many attributes it is known to have.
    Slots(const py::type &kind, size_t count) : type_(reinterpret_cast<PyTypeObject *>(kind.ptr())) {
        for (const py::handle name : py::tuple(kind.attr("__match_args__"))) {
            const py::object member = kind.attr(name);
            if (!Py_IS_TYPE(member.ptr(), &PyMemberDescr_Type)) throw py::type_error("a class with slots is needed");
            offsets_.push_back(reinterpret_cast<PyMemberDescrObject *>(member.ptr())->d_member->offset);
        }
        if (offsets_.size() != count) throw py::type_error("a class with other attributes is needed");
    }

    bool is_one(PyObject *object) const { return Py_TYPE(object) == type_; }

    // A borrowed reference; null for what was never set.
    PyObject *get(PyObject *object, size_t place) const { return *at(object, place); }

    // Takes the reference over. Of a new object only.
    void put(PyObject *object, size_t place, PyObject *item) const { *at(object, place) = item; }

    // A new object without attributes. Those of frozen values make no cycle, so the collector need not walk them.
    PyObject *fresh() const {
        PyObject *made = type_->tp_alloc(type_, 0);
        if (!made) throw py::error_already_set();
        if (PyObject_GC_IsTracked(made)) PyObject_GC_UnTrack(made);
        return made;
    }

  private:
    PyObject **at(PyObject *object, size_t place) const {
        return reinterpret_cast<PyObject **>(reinterpret_cast<char *>(object) + offsets_[place]);
    }

    PyTypeObject *type_;
    std::vector<Py_ssize_t> offsets_;
};

}  // namespace decloak
