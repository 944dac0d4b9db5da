// Linked: entities with the links that their neighbours give; the twin of `decloak.link.context`.
#pragma once

#include "slots.hpp"

#include <algorithm>
#include <string_view>

namespace decloak {

class Linker {
  public:
    // kind: the class Entity. text: the raw one. platform, port, oddity, beside: what Python knows of a name with its
    // version, of a port, of a service on a port, and whether a line end between name and version parts them.
    Linker(const py::type &kind, const py::tuple &window, const py::str &text, py::object platform, py::object port,
           py::object oddity, py::object beside)
        : slots_(kind, ENTITY_SIZE), window_(window), size_(static_cast<Py_ssize_t>(window.size())), text_(text),
          platform_(std::move(platform)), port_(std::move(port)), oddity_(std::move(oddity)), beside_(std::move(beside)) {}

    // window[low:high] with their links; None where something is no entity.
    py::object linked(Py_ssize_t low, Py_ssize_t high) {
        if (low < 0 || low > high || high > size_) throw py::index_error("no such entities");
        for (Py_ssize_t i = 0; i < size_; i++) {
            if (!slots_.is_one(at(i))) return py::none();
            for (size_t k = 0; k < ENTITY_SIZE; k++)
                if (!slots_.get(at(i), k)) return py::none();
        }
        py::list made(static_cast<size_t>(high - low));
        for (Py_ssize_t i = low; i < high; i++) PyList_SET_ITEM(made.ptr(), i - low, one(i).release().ptr());
        return made;
    }

  private:
    enum { LABEL, START, END, TEXT, DECODED, VALUE, CONFIDENCE, STATUS, EVIDENCE, OBFUSCATION, RESEMBLES, LINKS, ENTITY_SIZE };
    static constexpr Py_ssize_t ASIDE = 4, GAP = 48;

    PyObject *at(Py_ssize_t i) const { return PyTuple_GET_ITEM(window_.ptr(), i); }
    PyObject *get(Py_ssize_t i, size_t part) const { return slots_.get(at(i), part); }
    Py_ssize_t start(Py_ssize_t i) const { return PyLong_AsSsize_t(get(i, START)); }
    Py_ssize_t end(Py_ssize_t i) const { return PyLong_AsSsize_t(get(i, END)); }
    py::handle value(Py_ssize_t i) const { return get(i, VALUE); }
    bool is(Py_ssize_t i, const char *label) const { return PyUnicode_CompareWithASCIIString(get(i, LABEL), label) == 0; }
    bool is_platform(Py_ssize_t i) const { return is(i, "SOFTWARE") || is(i, "OS"); }

    bool parted(Py_ssize_t low, Py_ssize_t high) const {
        for (Py_ssize_t i = std::max<Py_ssize_t>(low, 0); i < std::min(high, text_.size); i++)
            if (text_[i] == '\n') return true;
        return false;
    }

    py::object one(Py_ssize_t i) const {
        const py::object entity = py::reinterpret_borrow<py::object>(at(i));
        if (is(i, "PORT")) return tied(entity, port_(place(i)));
        if (is(i, "SERVICE")) {
            for (Py_ssize_t near = i - 1; near >= std::max<Py_ssize_t>(i - ASIDE, 0); near--) {
                if (!is(near, "PORT")) continue;
                return parted(end(near), start(i)) ? entity : tied(entity, oddity_(value(i), place(near)));
            }
            return entity;
        }
        if (!is_platform(i)) return entity;
        const py::object written = py::reinterpret_borrow<py::object>(get(i, DECODED));
        const int same = PyObject_RichCompareBool(written.ptr(), get(i, VALUE), Py_EQ);
        if (same < 0) throw py::error_already_set();
        const py::tuple links = platform_(py::handle(get(i, LABEL)), value(i), version_of(i), same ? py::str() : written);
        if (links.empty()) return entity;
        PyObject *all = PySequence_Concat(links.ptr(), get(i, LINKS));
        if (!all) throw py::error_already_set();
        return tied(entity, py::reinterpret_steal<py::object>(all));
    }

    // The entity with other links; as it is where there are none.
    py::object tied(const py::object &entity, const py::object &links) const {
        if (PyTuple_GET_SIZE(links.ptr()) == 0) return entity;
        PyObject *made = slots_.fresh();
        for (size_t part = 0; part < ENTITY_SIZE; part++)
            slots_.put(made, part, Py_NewRef(part == LINKS ? links.ptr() : slots_.get(entity.ptr(), part)));
        return py::reinterpret_steal<py::object>(made);
    }

    // A port with its protocol: that of the cell beside it, else TCP.
    py::object place(Py_ssize_t i) const {
        py::object protocol = py::str("tcp");
        for (const Py_ssize_t near : {i + 1, i - 1}) {
            if (near < 0 || near >= size_ || !is(near, "PROTOCOL")) continue;
            const Py_ssize_t first = start(near) < start(i) ? near : i, second = first == i ? near : i;
            if (start(second) - end(first) > GAP || parted(end(first), start(second))) continue;
            protocol = py::reinterpret_borrow<py::object>(get(near, VALUE));
            break;
        }
        return py::reinterpret_steal<py::object>(PyUnicode_FromFormat("%U/%U", get(i, VALUE), protocol.ptr()));
    }

    py::object version_of(Py_ssize_t i) const {
        if (i + 1 < size_ && is_behind(i, i + 1)) return py::reinterpret_borrow<py::object>(get(i + 1, VALUE));
        if (i == 0 || !is(i - 1, "VERSION")) return py::str();
        const bool taken = i > 1 && is_platform(i - 2) && is_behind(i - 2, i - 1);
        const Py_ssize_t sign = end(i - 1);
        const bool joined = start(i) == sign + 1 && sign < text_.size && text_[sign] < 128 &&
                            std::string_view("-_~+/").find(static_cast<char>(text_[sign])) != std::string_view::npos;
        return joined && !taken ? py::reinterpret_borrow<py::object>(get(i - 1, VALUE)) : py::str();
    }

    bool is_behind(Py_ssize_t i, Py_ssize_t after) const {
        const Py_ssize_t gap = start(after) - end(i);
        if (!is(after, "VERSION") || gap < 0 || gap > GAP) return false;
        return !parted(end(i), start(after)) || beside_(end(i), start(after)).cast<bool>();
    }

    Slots slots_;
    py::tuple window_;
    Py_ssize_t size_;
    Text text_;
    py::object platform_, port_, oddity_, beside_;
};

inline py::object linked(const py::type &kind, const py::tuple &window, Py_ssize_t low, Py_ssize_t high, const py::str &text,
                         const py::tuple &asked) {
    return Linker(kind, window, text, asked[0], asked[1], asked[2], asked[3]).linked(low, high);
}

}  // namespace decloak
