// Lines: the twin of `decloak.core.lines.even`.
#pragma once

#include "text.hpp"

#include <vector>

namespace decloak {

inline bool is_line_end(Py_UCS4 c) {
    return (c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// None where the text is even already; else the even text and the columns of its runs.
inline py::object even(const py::str &given) {
    const Text text(given);
    const size_t width = static_cast<size_t>(text.kind);
    const char *raw = static_cast<const char *>(text.data);
    std::vector<uint32_t> raw_starts, raw_ends, starts, ends;
    std::vector<char> made;
    Py_ssize_t line = 0, done = 0;
    const auto length = [&] { return static_cast<uint32_t>(made.size() / width); };
    const auto copy = [&](Py_ssize_t low, Py_ssize_t high) {
        made.insert(made.end(), raw + static_cast<size_t>(low) * width, raw + static_cast<size_t>(high) * width);
    };
    const auto edge = [&](Py_ssize_t content, Py_ssize_t end, bool ended) {
        Py_ssize_t stop = content;
        while (stop > line && text.is_space(stop - 1)) stop--;
        if (ended ? end - stop == 1 && text[stop] == '\n' : end == stop) return;
        copy(done, stop);
        raw_starts.push_back(static_cast<uint32_t>(stop));
        raw_ends.push_back(static_cast<uint32_t>(end));
        starts.push_back(length());
        if (ended) {
            const Py_UCS1 narrow = '\n';
            const Py_UCS2 wide = '\n';
            const Py_UCS4 widest = '\n';
            const void *end_of_line = width == 1 ? static_cast<const void *>(&narrow) : width == 2 ? static_cast<const void *>(&wide) : &widest;
            const char *bytes = static_cast<const char *>(end_of_line);
            made.insert(made.end(), bytes, bytes + width);
        }
        ends.push_back(length());
        done = end;
    };
    for (Py_ssize_t place = 0; place < text.size; place++) {
        const Py_UCS4 c = text[place];
        if ((c > '\r' && c < 0x85) || !is_line_end(c)) continue;
        Py_ssize_t end = place + 1;
        if (c == '\r' && end < text.size && text[end] == '\n') end++;
        edge(place, end, true);
        line = end;
        place = end - 1;
    }
    edge(text.size, text.size, false);
    if (starts.empty()) return py::none();
    copy(done, text.size);
    PyObject *whole = PyUnicode_FromKindAndData(text.kind, made.data(), static_cast<Py_ssize_t>(made.size() / width));
    if (!whole) throw py::error_already_set();
    const auto column = [](const std::vector<uint32_t> &from) {
        return py::bytes(reinterpret_cast<const char *>(from.data()), from.size() * sizeof(uint32_t));
    };
    return py::make_tuple(py::reinterpret_steal<py::str>(whole), column(raw_starts), column(raw_ends), column(starts),
                          column(ends));
}

}  // namespace decloak
