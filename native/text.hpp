// Text: what all parts of the extension know about Python's strings and columns.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace decloak {

namespace py = pybind11;

// A Python string read by code point, whatever its width. Does not own it.
struct Text {
    PyObject *object;
    Py_ssize_t size;
    int kind;
    const void *data;

    explicit Text(const py::handle &text) : object(text.ptr()) {
        if (!PyUnicode_Check(object)) throw py::type_error("a string is needed");
        size = PyUnicode_GET_LENGTH(object);
        kind = PyUnicode_KIND(object);
        data = PyUnicode_DATA(object);
    }

    Py_UCS4 operator[](Py_ssize_t place) const { return PyUnicode_READ(kind, data, place); }
    bool is_space(Py_ssize_t place) const { return Py_UNICODE_ISSPACE((*this)[place]); }
    bool is_ascii() const { return PyUnicode_IS_ASCII(object); }

    // Of an ASCII text only.
    const char *ascii() const { return static_cast<const char *>(data); }

    // A new reference to text[low:high].
    PyObject *slice(Py_ssize_t low, Py_ssize_t high) const {
        PyObject *made;
        if (is_ascii()) {
            made = PyUnicode_New(high - low, 127);
            if (made) std::memcpy(PyUnicode_DATA(made), ascii() + low, static_cast<size_t>(high - low));
        } else {
            made = PyUnicode_Substring(object, low, high);
        }
        if (!made) throw py::error_already_set();
        return made;
    }
};

// A column of 32-bit offsets (`array("I")`), read in place.
class Column {
  public:
    explicit Column(const py::buffer &source) : info_(source.request()) {
        if (info_.itemsize != 4 || info_.ndim != 1 || (info_.size > 1 && info_.strides[0] != 4))
            throw py::value_error("a column of 32-bit offsets is needed");
    }
    size_t size() const { return static_cast<size_t>(info_.size); }
    const uint32_t *begin() const { return static_cast<const uint32_t *>(info_.ptr); }
    const uint32_t *end() const { return begin() + size(); }
    uint32_t operator[](size_t place) const { return begin()[place]; }

  private:
    py::buffer_info info_;
};

// The content of an ASCII string; empty with `ok` false for any other.
inline std::string_view ascii_of(PyObject *text, bool &ok) {
    ok = PyUnicode_Check(text) && PyUnicode_IS_ASCII(text);
    if (!ok) return {};
    return {static_cast<const char *>(PyUnicode_DATA(text)), static_cast<size_t>(PyUnicode_GET_LENGTH(text))};
}

inline PyObject *string_of(std::string_view text) {
    PyObject *made = PyUnicode_New(static_cast<Py_ssize_t>(text.size()), 127);
    if (!made) throw py::error_already_set();
    std::memcpy(PyUnicode_DATA(made), text.data(), text.size());
    return made;
}

// A piece of a text that is put together: a Python string, or an ASCII literal.
struct Piece {
    PyObject *object = nullptr;
    std::string_view literal;

    Piece(PyObject *text) : object(text) {}
    Piece(const py::handle &text) : object(text.ptr()) {}
    Piece(std::string_view text) : literal(text) {}
    Piece(const char *text) : literal(text) {}
};

// A new string of all pieces.
inline py::object joined(std::initializer_list<Piece> pieces) {
    size_t size = 0;
    bool plain = true, ascii;
    for (const Piece &each : pieces) {
        size += each.object ? ascii_of(each.object, ascii).size() : each.literal.size();
        plain = plain && (!each.object || ascii);
    }
    if (!plain) {
        py::str made("");
        for (const Piece &each : pieces)
            made = py::reinterpret_steal<py::str>(PyUnicode_Concat(
                made.ptr(), each.object ? each.object : py::str(each.literal.data(), each.literal.size()).ptr()));
        return made;
    }
    PyObject *made = PyUnicode_New(static_cast<Py_ssize_t>(size), 127);
    if (!made) throw py::error_already_set();
    char *to = static_cast<char *>(PyUnicode_DATA(made));
    for (const Piece &each : pieces) {
        const std::string_view text = each.object ? ascii_of(each.object, ascii) : each.literal;
        std::memcpy(to, text.data(), text.size());
        to += text.size();
    }
    return py::reinterpret_steal<py::object>(made);
}

}  // namespace decloak
