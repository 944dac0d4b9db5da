// Ground: decisions become entities in the text the user gave; the twin of `decloak.verify.ground`.
#pragma once

#include "slots.hpp"

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace decloak {

// The runs of an alignment without reversed ones, and the way from a decoded range to the raw one.
struct Back {
    Column raw_starts, raw_ends, starts, ends;

    explicit Back(const py::tuple &columns)
        : raw_starts(columns[0].cast<py::buffer>()), raw_ends(columns[1].cast<py::buffer>()),
          starts(columns[2].cast<py::buffer>()), ends(columns[3].cast<py::buffer>()) {}

    // The run at or before a decoded position, near a run that was found before; -1 for none.
    Py_ssize_t run_at(uint32_t position, Py_ssize_t near) const {
        const Py_ssize_t count = static_cast<Py_ssize_t>(starts.size());
        Py_ssize_t at = near;
        if (at < 0 || starts[static_cast<size_t>(at)] <= position) {
            for (int step = 0; step < 8; step++) {
                if (at + 1 >= count || starts[static_cast<size_t>(at + 1)] > position) return at;
                at++;
            }
        }
        return std::upper_bound(starts.begin(), starts.end(), position) - starts.begin() - 1;
    }

    uint32_t low_of(uint32_t position, Py_ssize_t run) const {
        if (run < 0) return position;
        const size_t at = static_cast<size_t>(run);
        return position >= ends[at] ? raw_ends[at] + (position - ends[at]) : raw_starts[at];
    }

    uint32_t high_of(uint32_t position, Py_ssize_t run) const {
        if (run < 0) return position + 1;
        const size_t at = static_cast<size_t>(run);
        return position >= ends[at] ? raw_ends[at] + (position - ends[at]) + 1 : raw_ends[at];
    }

    bool is_identity() const { return starts.size() == 0; }
};

// Makes the entities of one document. What a disguise or a look-alike has to do with is asked of Python.
class Grounder {
  public:
    // kind: the class Entity. edges: starts and ends of the edits, by start. linkers: label -> links of a value.
    // slow: Python's own.
    Grounder(py::type kind, py::str raw, py::str text, py::tuple runs, py::buffer edit_starts,
             py::buffer edit_ends, py::dict linkers, py::object slow)
        : kind_(std::move(kind)), raw_object_(std::move(raw)), text_object_(std::move(text)), raw_(raw_object_),
          text_(text_object_), columns_(std::move(runs)), back_(columns_), edit_starts_(edit_starts),
          edit_ends_(edit_ends), keep_(py::make_tuple(edit_starts, edit_ends)), linkers_(std::move(linkers)),
          slow_(std::move(slow)), slots_(kind_, ENTITY_SIZE) {}

    // The entities of some decisions, in order.
    py::list entities(const py::buffer &starts, const py::buffer &ends, const py::list &claims, size_t low,
                      size_t high) {
        const Column from(starts), to(ends);
        if (high > from.size() || high > to.size() || high > claims.size() || low > high)
            throw py::index_error("no such decisions");
        py::list made(high - low);
        Py_ssize_t run = -1;
        for (size_t at = low; at < high; at++) {
            PyObject *entity = one(from[at], to[at], PyList_GET_ITEM(claims.ptr(), static_cast<Py_ssize_t>(at)), run);
            PyList_SET_ITEM(made.ptr(), static_cast<Py_ssize_t>(at - low), entity);
        }
        return made;
    }

  private:
    enum { LABEL, VALUE, CONFIDENCE, STATUS, EVIDENCE, RESEMBLES, FAMILY, CLAIM_SIZE };
    enum { ENTITY_SIZE = 12 };

    PyObject *one(uint32_t start, uint32_t end, PyObject *claim, Py_ssize_t &run) {
        if (!PyTuple_Check(claim) || PyTuple_GET_SIZE(claim) != CLAIM_SIZE) throw py::type_error("a claim is needed");
        if (start >= end || end > text_.size) return ask(start, end, claim);
        if (PyTuple_GET_ITEM(claim, RESEMBLES) != Py_None || PyUnicode_GET_LENGTH(PyTuple_GET_ITEM(claim, FAMILY)) > 0)
            return ask(start, end, claim);
        Py_ssize_t low = start, high = end;
        if (!back_.is_identity()) {
            run = back_.run_at(start, run);
            low = back_.low_of(start, run);
            high = back_.high_of(end - 1, back_.run_at(end - 1, run));
            if (low >= high || high > raw_.size) return ask(start, end, claim);
            if (raw_.is_space(low) || raw_.is_space(high - 1)) {
                while (low < high && raw_.is_space(low)) low++;
                if (low == high) return ask(start, end, claim);
                while (raw_.is_space(high - 1)) high--;
            }
            const auto edit = std::upper_bound(edit_ends_.begin(), edit_ends_.end(), static_cast<uint32_t>(low));
            if (edit != edit_ends_.end() && edit_starts_[static_cast<size_t>(edit - edit_ends_.begin())] < high)
                return ask(start, end, claim);
        }
        return made(start, end, low, high, claim);
    }

    PyObject *made(uint32_t start, uint32_t end, Py_ssize_t low, Py_ssize_t high, PyObject *claim) {
        const py::object surface = py::reinterpret_steal<py::object>(raw_.slice(low, high));
        py::object decoded = surface;
        if (raw_.object != text_.object && !same(start, end, low, high))
            decoded = py::reinterpret_steal<py::object>(text_.slice(start, end));
        const py::object links = links_for(claim);
        PyObject *entity = slots_.fresh();
        const auto put = [&](size_t place, PyObject *item) { slots_.put(entity, place, item); };
        const auto take = [&](size_t place, PyObject *item) { put(place, Py_NewRef(item)); };
        take(0, PyTuple_GET_ITEM(claim, LABEL));
        put(1, PyLong_FromSsize_t(low));
        put(2, PyLong_FromSsize_t(high));
        take(3, surface.ptr());
        take(4, decoded.ptr());
        take(5, PyTuple_GET_ITEM(claim, VALUE));
        take(6, PyTuple_GET_ITEM(claim, CONFIDENCE));
        take(7, PyTuple_GET_ITEM(claim, STATUS));
        take(8, PyTuple_GET_ITEM(claim, EVIDENCE));
        take(9, empty_.ptr());
        take(10, Py_None);
        take(11, links.ptr());
        return entity;
    }

    bool same(uint32_t start, uint32_t end, Py_ssize_t low, Py_ssize_t high) const {
        const Py_ssize_t size = high - low;
        if (static_cast<Py_ssize_t>(end - start) != size) return false;
        for (Py_ssize_t i = 0; i < size; i++)
            if (raw_[low + i] != text_[static_cast<Py_ssize_t>(start) + i]) return false;
        return true;
    }

    // Links belong to label and value, so to a claim; each claim is asked about once.
    py::object links_for(PyObject *claim) {
        PyObject *linker = PyDict_GetItemWithError(linkers_.ptr(), PyTuple_GET_ITEM(claim, LABEL));
        if (!linker && PyErr_Occurred()) throw py::error_already_set();
        if (!linker) return empty_;
        const auto found = links_.find(claim);
        if (found != links_.end()) return found->second.second;
        py::object links = py::reinterpret_steal<py::object>(PyObject_CallOneArg(linker, PyTuple_GET_ITEM(claim, VALUE)));
        if (!links) throw py::error_already_set();
        if (links_.size() >= MOST) links_.clear();
        links_.emplace(claim, std::make_pair(py::reinterpret_borrow<py::object>(claim), links));
        return links;
    }

    PyObject *ask(uint32_t start, uint32_t end, PyObject *claim) {
        return slow_(start, end, py::handle(claim)).release().ptr();
    }

    static constexpr size_t MOST = 1 << 15;

    py::type kind_;
    py::str raw_object_, text_object_;
    Text raw_, text_;
    py::tuple columns_;
    Back back_;
    Column edit_starts_, edit_ends_;
    py::tuple keep_;
    py::dict linkers_;
    py::object slow_;
    Slots slots_;
    py::tuple empty_{0};
    std::unordered_map<PyObject *, std::pair<py::object, py::object>> links_;
};

}  // namespace decloak
