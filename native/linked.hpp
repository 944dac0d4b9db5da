// Linked: entities with the links that their neighbours give; the twin of `decloak.link.context`.
#pragma once

#include "links.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace decloak {

class Linker {
  public:
    // kind: the class Entity. text: the raw one. links: of platforms, ports and services. beside: whether a line end
    // between name and version parts them, as Python knows.
    Linker(const py::type &kind, const py::tuple &window, const py::str &text, Links &links, py::object beside)
        : slots_(kind, ENTITY_SIZE), window_(window), size_(static_cast<Py_ssize_t>(window.size())), text_(text),
          links_(links), beside_(std::move(beside)) {}

    // window[low:high] with their links; None where something is no entity.
    py::object linked(Py_ssize_t low, Py_ssize_t high) {
        if (low < 0 || low > high || high > size_) throw py::index_error("no such entities");
        for (Py_ssize_t i = 0; i < size_; i++) {
            if (!slots_.is_one(at(i))) return py::none();
            for (size_t k = 0; k < ENTITY_SIZE; k++)
                if (!slots_.get(at(i), k)) return py::none();
            kinds_.push_back(kind_of(get(i, LABEL)));
        }
        py::list made(static_cast<size_t>(high - low));
        for (Py_ssize_t i = low; i < high; i++) PyList_SET_ITEM(made.ptr(), i - low, one(i).release().ptr());
        return made;
    }

  private:
    enum { LABEL, START, END, TEXT, DECODED, VALUE, CONFIDENCE, STATUS, EVIDENCE, OBFUSCATION, RESEMBLES, LINKS, ENTITY_SIZE };
    enum Kind : unsigned char { OTHER, PLATFORM, PORT, SERVICE, PROTOCOL, A_VERSION };
    static constexpr Py_ssize_t ASIDE = 4, GAP = 48;
    static constexpr size_t MOST_LABELS = 64;

    PyObject *at(Py_ssize_t i) const { return PyTuple_GET_ITEM(window_.ptr(), i); }
    PyObject *get(Py_ssize_t i, size_t part) const { return slots_.get(at(i), part); }
    Py_ssize_t start(Py_ssize_t i) const { return PyLong_AsSsize_t(get(i, START)); }
    Py_ssize_t end(Py_ssize_t i) const { return PyLong_AsSsize_t(get(i, END)); }
    py::handle value(Py_ssize_t i) const { return get(i, VALUE); }
    bool is(Py_ssize_t i, Kind kind) const { return kinds_[static_cast<size_t>(i)] == kind; }

    // What a label is to a linker; labels are few objects, so each is read once.
    Kind kind_of(PyObject *label) {
        for (const auto &[seen, kind] : labels_)
            if (seen == label) return kind;
        const auto same = [&](const char *name) { return PyUnicode_CompareWithASCIIString(label, name) == 0; };
        const Kind kind = same("SOFTWARE") || same("OS") ? PLATFORM
                          : same("PORT")                 ? PORT
                          : same("SERVICE")              ? SERVICE
                          : same("PROTOCOL")             ? PROTOCOL
                          : same("VERSION")              ? A_VERSION
                                                         : OTHER;
        if (labels_.size() < MOST_LABELS) labels_.emplace_back(label, kind);
        return kind;
    }

    bool parted(Py_ssize_t low, Py_ssize_t high) const {
        for (Py_ssize_t i = std::max<Py_ssize_t>(low, 0); i < std::min(high, text_.size); i++)
            if (text_[i] == '\n') return true;
        return false;
    }

    py::object one(Py_ssize_t i) const {
        const py::object entity = py::reinterpret_borrow<py::object>(at(i));
        if (is(i, OTHER)) return entity;
        if (is(i, PORT)) {
            return tied(entity, links_.port(place(i)));
        }
        if (is(i, SERVICE)) {
            for (Py_ssize_t near = i - 1; near >= std::max<Py_ssize_t>(i - ASIDE, 0); near--) {
                if (!is(near, PORT)) continue;
                if (parted(end(near), start(i))) return entity;
                return tied(entity, links_.oddity(value(i), place(near)));
            }
            return entity;
        }
        if (!is(i, PLATFORM)) return entity;
        const py::object written = py::reinterpret_borrow<py::object>(get(i, DECODED));
        const int same = PyObject_RichCompareBool(written.ptr(), get(i, VALUE), Py_EQ);
        if (same < 0) throw py::error_already_set();
        const py::tuple links = links_.platform(get(i, LABEL), value(i), version_of(i), same ? py::str() : written);
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
            if (near < 0 || near >= size_ || !is(near, PROTOCOL)) continue;
            const Py_ssize_t first = start(near) < start(i) ? near : i, second = first == i ? near : i;
            if (start(second) - end(first) > GAP || parted(end(first), start(second))) continue;
            protocol = py::reinterpret_borrow<py::object>(get(near, VALUE));
            break;
        }
        return joined({value(i), "/", protocol});
    }

    py::object version_of(Py_ssize_t i) const {
        if (i + 1 < size_ && is_behind(i, i + 1)) return py::reinterpret_borrow<py::object>(get(i + 1, VALUE));
        if (i == 0 || !is(i - 1, A_VERSION)) return py::str();
        const bool taken = i > 1 && is(i - 2, PLATFORM) && is_behind(i - 2, i - 1);
        const Py_ssize_t sign = end(i - 1);
        const bool joined = start(i) == sign + 1 && sign < text_.size && text_[sign] < 128 &&
                            std::string_view("-_~+/").find(static_cast<char>(text_[sign])) != std::string_view::npos;
        return joined && !taken ? py::reinterpret_borrow<py::object>(get(i - 1, VALUE)) : py::str();
    }

    bool is_behind(Py_ssize_t i, Py_ssize_t after) const {
        const Py_ssize_t gap = start(after) - end(i);
        if (!is(after, A_VERSION) || gap < 0 || gap > GAP) return false;
        return !parted(end(i), start(after)) || beside_(end(i), start(after)).cast<bool>();
    }

    Slots slots_;
    py::tuple window_;
    Py_ssize_t size_;
    Text text_;
    std::vector<Kind> kinds_;
    std::vector<std::pair<PyObject *, Kind>> labels_;
    Links &links_;
    py::object beside_;
};

inline py::object linked(const py::type &kind, const py::tuple &window, Py_ssize_t low, Py_ssize_t high, const py::str &text,
                         Links &links, py::object beside) {
    return Linker(kind, window, text, links, std::move(beside)).linked(low, high);
}

}  // namespace decloak
