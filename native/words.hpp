// Words: how rare a word is; the twin of `decloak.kb.words.rarity` and of what `decloak.verify.values` adds to it.
#pragma once

#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace decloak {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_letter(char c) { return is_lower(c) || is_upper(c); }
inline char lowered(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }

inline bool all_digits(std::string_view text) {
    for (const char c : text)
        if (!is_digit(c)) return false;
    return !text.empty();
}

inline bool all_letters(std::string_view text) {
    for (const char c : text)
        if (!is_letter(c)) return false;
    return !text.empty();
}

inline bool has_digit(std::string_view text) {
    for (const char c : text)
        if (is_digit(c)) return true;
    return false;
}

// A Python set or dictionary of ASCII strings, asked for words of the extension.
class Table {
  public:
    explicit Table(py::object held) : held_(std::move(held)), dict_(PyDict_Check(held_.ptr())) {}

    bool has(std::string_view word) const {
        const py::object key = py::reinterpret_steal<py::object>(string_of(word));
        const int found = dict_ ? PyDict_Contains(held_.ptr(), key.ptr()) : PySet_Contains(held_.ptr(), key.ptr());
        if (found < 0) throw py::error_already_set();
        return found != 0;
    }

    // What a dictionary holds, borrowed; null for nothing.
    PyObject *get(std::string_view word) const {
        const py::object key = py::reinterpret_steal<py::object>(string_of(word));
        return PyDict_GetItem(held_.ptr(), key.ptr());
    }

  private:
    py::object held_;
    bool dict_;
};

class Words {
  public:
    // counts: word -> how often it was counted, as written. all: sum of the counts.
    // names: folded names of the lexicon that are as good as words of rarity `name`.
    Words(py::dict counts, double all, py::object names, double name)
        : counts_(std::move(counts)), all_(all), names_(std::move(names)), name_(name) {}

    // Of a word in lower case; none where it is no word and no name.
    std::optional<double> rarity(std::string_view word) const {
        const std::optional<double> found = listed(word);
        if (word.size() < 4 || (found && *found <= name_)) return found;
        return names_.has(word) ? std::optional<double>(name_) : found;
    }

    // Whether the list has a word in lower case, as it is spelt.
    bool is_counted(std::string_view word) const { return counts_.has(word); }

  private:
    std::optional<double> listed(std::string_view word) const {
        if (PyObject *count = counts_.get(word)) return rareness(count);
        if (word.size() <= 4) return std::nullopt;
        static constexpr std::string_view SPELLINGS[][2] = {{"iz", "is"}, {"yz", "ys"}, {"or", "our"}, {"er", "re"}};
        for (const auto &[old, other] : SPELLINGS) {
            const size_t place = word.rfind(old);
            if (place == std::string_view::npos || (old == "er" && place + 5 <= word.size())) continue;
            std::string british(word.substr(0, place));
            british.append(other).append(word.substr(place + 2));
            if (PyObject *count = counts_.get(british)) return rareness(count);
        }
        return std::nullopt;
    }

    double rareness(PyObject *count) const {
        const char *digits = PyUnicode_AsUTF8(count);
        if (!digits) throw py::error_already_set();
        return std::log10(all_ / std::stod(digits));
    }

    Table counts_;
    double all_;
    Table names_;
    double name_;
};

}  // namespace decloak
