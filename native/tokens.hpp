// Tokens: dotted tokens that no fact explains; the twin of the scan in `decloak.tag.dotted`.
#pragma once

#include "text.hpp"

#include <array>

namespace decloak {

// Ranges of maximal tokens `a.b.c` in shadow[low:high], but for those that are a known span.
// starts, ends: the known spans, by start.
inline py::list dotted_tokens(const py::bytes &shadow, Py_ssize_t low, Py_ssize_t high, const py::list &starts,
                              const py::list &ends) {
    enum : unsigned char { OTHER, HYPHEN, WORD };
    static const std::array<unsigned char, 256> KINDS = [] {
        std::array<unsigned char, 256> kinds{};
        for (int c = 0; c < 256; c++) {
            const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == 0x80;
            kinds[static_cast<size_t>(c)] = word ? WORD : c == '-' ? HYPHEN : OTHER;
        }
        return kinds;
    }();
    char *data;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(shadow.ptr(), &data, &size) < 0) throw py::error_already_set();
    if (low < 0 || high > size || starts.size() != ends.size()) throw py::index_error("a window outside the text");
    const auto kind = [&](Py_ssize_t i) { return KINDS[static_cast<unsigned char>(data[i])]; };
    const Py_ssize_t known = static_cast<Py_ssize_t>(starts.size());
    Py_ssize_t at = 0;
    py::list found;
    for (Py_ssize_t i = low; i < high;) {
        if (kind(i) != WORD) {
            i++;
            continue;
        }
        const Py_ssize_t start = i;
        while (i < high && kind(i) != OTHER) i++;
        bool dotted = false;
        while (i + 1 < high && data[i] == '.' && kind(i + 1) != OTHER) {
            dotted = true;
            for (i++; i < high && kind(i) != OTHER;) i++;
        }
        if (!dotted) continue;
        while (at < known && PyLong_AsSsize_t(PyList_GET_ITEM(starts.ptr(), at)) < start) at++;
        bool told = false;
        for (Py_ssize_t k = at; k < known && PyLong_AsSsize_t(PyList_GET_ITEM(starts.ptr(), k)) == start; k++)
            told = told || PyLong_AsSsize_t(PyList_GET_ITEM(ends.ptr(), k)) == i;
        if (!told) found.append(py::make_tuple(start, i));
    }
    return found;
}

}  // namespace decloak
