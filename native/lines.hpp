// Lines: the twin of `decloak.core.lines.even` for ASCII.
#pragma once

#include "text.hpp"

#include <vector>

namespace decloak {

inline bool is_line_end(char c) { return c == '\n' || c == '\r' || c == '\v' || c == '\f'; }
inline bool is_blank(char c) { return c == ' ' || c == '\t' || (c >= 0x1c && c <= 0x1f); }

// None where the text is even already; else the even text and the columns of its runs.
inline py::object even(const py::str &given) {
    const Text text(given);
    if (!text.is_ascii()) throw py::value_error("an ASCII text is needed");
    const char *raw = text.ascii();
    const Py_ssize_t size = text.size;
    std::vector<uint32_t> raw_starts, raw_ends, starts, ends;
    std::string made;
    Py_ssize_t line = 0, done = 0;
    const auto edge = [&](Py_ssize_t content, Py_ssize_t end, bool ended) {
        Py_ssize_t stop = content;
        while (stop > line && is_blank(raw[stop - 1])) stop--;
        const bool same = ended ? end - stop == 1 && raw[stop] == '\n' : end == stop;
        if (same) return;
        if (starts.empty()) made.reserve(static_cast<size_t>(size));
        made.append(raw + done, static_cast<size_t>(stop - done));
        raw_starts.push_back(static_cast<uint32_t>(stop));
        raw_ends.push_back(static_cast<uint32_t>(end));
        starts.push_back(static_cast<uint32_t>(made.size()));
        if (ended) made.push_back('\n');
        ends.push_back(static_cast<uint32_t>(made.size()));
        done = end;
    };
    for (Py_ssize_t place = 0; place < size; place++) {
        const char c = raw[place];
        if (c > '\r' || !is_line_end(c)) continue;
        Py_ssize_t end = place + 1;
        if (c == '\r' && end < size && raw[end] == '\n') end++;
        edge(place, end, true);
        line = end;
        place = end - 1;
    }
    edge(size, size, false);
    if (starts.empty()) return py::none();
    made.append(raw + done, static_cast<size_t>(size - done));
    const auto column = [](const std::vector<uint32_t> &from) {
        return py::bytes(reinterpret_cast<const char *>(from.data()), from.size() * sizeof(uint32_t));
    };
    return py::make_tuple(py::reinterpret_steal<py::str>(string_of(made)), column(raw_starts), column(raw_ends),
                          column(starts), column(ends));
}

}  // namespace decloak
