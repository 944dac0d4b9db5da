// Sweep: one window's facts and candidates decided about; the twin of `decloak.verify.decide.Sweep`.
#pragma once

#include "claims.hpp"

#include <algorithm>

namespace decloak {

namespace sweeping {

enum Rank { FACT, PROPOSED, FUSED };

struct Row {
    uint32_t start, end;
    int rank;
    uint32_t index;

    bool operator<(const Row &other) const {
        if (start != other.start) return start < other.start;
        if (end != other.end) return end > other.end;
        if (rank != other.rank) return rank < other.rank;
        return index < other.index;
    }
};

struct Place {
    Py_ssize_t start, end;
};

inline Place place_of(PyObject *item) {
    if (!PyTuple_Check(item)) throw py::type_error("a tuple is needed");
    const Py_ssize_t start = PyLong_AsSsize_t(PyTuple_GET_ITEM(item, 0)), end = PyLong_AsSsize_t(PyTuple_GET_ITEM(item, 1));
    if (PyErr_Occurred()) throw py::error_already_set();
    return {start, end};
}

// Whether something is left of a place without the white space at its edges, which is taken off.
inline bool bared(const Text &text, Place &place, PyObject *value) {
    if (value != Py_None) {
        const Text told{py::handle(value)};
        Py_ssize_t blank = 0;
        while (blank < told.size && told.is_space(blank)) blank++;
        if (blank == told.size) return false;
    }
    while (place.start < place.end && text.is_space(place.start)) place.start++;
    if (place.start == place.end) return false;
    while (text.is_space(place.end - 1)) place.end--;
    return true;
}

}  // namespace sweeping

// Which facts explain their place: all but those that the check of their label refutes.
inline py::list standing(Claims &claims, const py::str &whole, const py::list &facts) {
    const Text text(whole);
    py::list made(facts.size());
    for (Py_ssize_t i = 0; i < static_cast<Py_ssize_t>(facts.size()); i++) {
        PyObject *fact = PyList_GET_ITEM(facts.ptr(), i), *label = PyTuple_GET_ITEM(fact, 4);
        bool stands = true;
        if (PyUnicode_GET_LENGTH(label) > 0) {
            const auto place = sweeping::place_of(fact);
            stands = !claims.of(PyTuple_GET_ITEM(fact, 5), label, text, place.start, place.end, PyTuple_GET_ITEM(fact, 6)).refuted;
        }
        PyList_SET_ITEM(made.ptr(), i, Py_NewRef(stands ? Py_True : Py_False));
    }
    return made;
}

// Takes one window. sweep: the Python object, asked about all that overlaps. Returns its new `_last`.
inline py::tuple take(Claims &claims, const py::object &sweep, const py::str &whole, const py::list &facts,
                      const py::list &candidates, const py::list &fused, const py::object &accepted, bool nested) {
    using namespace sweeping;
    const Text text(whole);
    const py::list values = sweep.attr("values"), held = sweep.attr("_held"), parts = sweep.attr("_parts");
    const py::object kept = sweep.attr("_kept");
    const py::list kept_claims = kept.attr("claims");
    const py::object decision = sweep.attr("decision");
    const Py_ssize_t base = static_cast<Py_ssize_t>(values.size());
    std::vector<Row> rows;
    rows.reserve(facts.size() + candidates.size() + fused.size());
    const auto check = [&](const Place &place) {
        if (place.start < 0 || place.start >= place.end || place.end > text.size) throw py::index_error("a place outside the text");
    };
    for (Py_ssize_t i = 0; i < static_cast<Py_ssize_t>(facts.size()); i++) {
        PyObject *fact = PyList_GET_ITEM(facts.ptr(), i), *value = PyTuple_GET_ITEM(fact, 6);
        PyList_Append(values.ptr(), value);
        if (PyUnicode_GET_LENGTH(PyTuple_GET_ITEM(fact, 4)) == 0) continue;
        Place place = place_of(fact);
        check(place);
        if (bared(text, place, value))
            rows.push_back({static_cast<uint32_t>(place.start), static_cast<uint32_t>(place.end), FACT, static_cast<uint32_t>(i)});
    }
    for (Py_ssize_t i = 0; i < static_cast<Py_ssize_t>(candidates.size()); i++) {
        PyObject *candidate = PyList_GET_ITEM(candidates.ptr(), i);
        Place place = place_of(candidate);
        check(place);
        if (bared(text, place, PyTuple_GET_ITEM(candidate, 4)))
            rows.push_back({static_cast<uint32_t>(place.start), static_cast<uint32_t>(place.end), PROPOSED, static_cast<uint32_t>(i)});
    }
    for (Py_ssize_t i = 0; i < static_cast<Py_ssize_t>(fused.size()); i++) {
        const Place place = place_of(PyList_GET_ITEM(fused.ptr(), i));
        rows.push_back({static_cast<uint32_t>(place.start), static_cast<uint32_t>(place.end), FUSED, static_cast<uint32_t>(i)});
    }
    std::sort(rows.begin(), rows.end());

    const py::tuple last = sweep.attr("_last");
    Py_ssize_t last_start = last[0].cast<Py_ssize_t>(), last_end = last[1].cast<Py_ssize_t>();
    int last_rank = last[2].cast<int>();
    Py_ssize_t reaching = sweep.attr("_at").cast<Py_ssize_t>();
    std::vector<uint32_t> starts, ends;
    const auto flush = [&] {
        const auto bytes = [](const std::vector<uint32_t> &column) {
            return py::bytes(reinterpret_cast<const char *>(column.data()), column.size() * sizeof(uint32_t));
        };
        kept.attr("starts").attr("frombytes")(bytes(starts));
        kept.attr("ends").attr("frombytes")(bytes(ends));
        starts.clear();
        ends.clear();
        sweep.attr("_at") = reaching;
    };
    for (const Row &row : rows) {
        py::object claim;
        py::object label = py::str(), origin = py::str();
        const Py_ssize_t index = static_cast<Py_ssize_t>(row.index), start = row.start, end = row.end;
        if (row.rank == FUSED) {
            claim = py::reinterpret_borrow<py::object>(PyTuple_GET_ITEM(PyList_GET_ITEM(fused.ptr(), index), 2));
        } else {
            PyObject *item = PyList_GET_ITEM(row.rank == FACT ? facts.ptr() : candidates.ptr(), index);
            const int at = row.rank == FACT ? 4 : 2;
            label = py::reinterpret_borrow<py::object>(PyTuple_GET_ITEM(item, at));
            origin = py::reinterpret_borrow<py::object>(PyTuple_GET_ITEM(item, at + 1));
            claim = claims.of(origin.ptr(), label.ptr(), text, start, end, PyTuple_GET_ITEM(item, at + 2)).claim;
        }
        if (row.rank == FACT) {
            PyObject *value = Py_NewRef(PyTuple_GET_ITEM(claim.ptr(), 1));
            PyList_SetItem(values.ptr(), base + index, value);
        }
        const bool is_accepted = PyTuple_GET_ITEM(claim.ptr(), 3) == accepted.ptr();
        if (start < last_end) {
            if (end <= last_end && !nested) {
                flush();
                sweep.attr("inside")(start, end, claim, label, origin, start == last_start && end == last_end);
                continue;
            }
            if (end > last_end && is_accepted) {
                flush();
                if (sweep.attr("loses")(start, end, claim, row.rank >= last_rank).cast<bool>()) continue;
            }
        }
        if (!is_accepted) {
            PyList_Append(held.ptr(), decision(start, end, claim).ptr());
            continue;
        }
        starts.push_back(row.start);
        ends.push_back(row.end);
        PyList_Append(kept_claims.ptr(), claim.ptr());
        if (end > last_end) {
            last_start = start;
            last_end = end;
            last_rank = row.rank;
            reaching = static_cast<Py_ssize_t>(kept_claims.size()) - 1;
            if (parts.size() > 0 && PyList_SetSlice(parts.ptr(), 0, PY_SSIZE_T_MAX, nullptr) < 0) throw py::error_already_set();
        }
    }
    flush();
    return py::make_tuple(last_start, last_end, last_rank);
}

}  // namespace decloak
