// Suffixes: the registered domain of a name; the twin of `decloak.indicators.suffixes.registered_domain` for ASCII.
#pragma once

#include "words.hpp"

#include <unordered_map>
#include <vector>

namespace decloak {

class Suffixes {
  public:
    // rules: of the public suffix list, in lower-case A-labels: `com`, `*.ck`, `!www.ck`.
    explicit Suffixes(const py::sequence &rules) {
        for (const auto &rule : rules) {
            std::string text = py::str(rule);
            longest_ = std::max(longest_, 1 + static_cast<size_t>(std::count(text.begin(), text.end(), '.')));
            const unsigned char kind = text[0] == '!' ? EXCEPTION : text.rfind("*.", 0) == 0 ? ANY_BELOW : ITSELF;
            rules_[text.substr(kind == EXCEPTION ? 1 : kind == ANY_BELOW ? 2 : 0)] |= kind;
        }
    }

    // The public suffix of an ASCII name and one label more; None where there is none.
    py::object registered(const py::str &name) const {
        bool ascii;
        std::string low(ascii_of(name.ptr(), ascii));
        if (!ascii) throw py::value_error("an ASCII name is needed");
        for (char &c : low) c = lowered(c);
        if (!low.empty() && low.back() == '.') low.pop_back();
        std::vector<size_t> starts{0};  // of the labels
        for (size_t i = 0; i < low.size(); i++)
            if (low[i] == '.') starts.push_back(i + 1);
        for (size_t i = 0; i < starts.size(); i++) {
            const size_t end = i + 1 < starts.size() ? starts[i + 1] - 1 : low.size();
            if (starts[i] == end) return py::none();  // an empty label
        }
        const size_t labels = starts.size(), count = public_labels(low, starts);
        if (count == 0 || labels < count + 1) return py::none();
        return py::reinterpret_steal<py::object>(string_of(std::string_view(low).substr(starts[labels - count - 1])));
    }

  private:
    size_t public_labels(const std::string &low, const std::vector<size_t> &starts) const {
        const size_t labels = starts.size();
        std::string key;
        for (size_t i = labels > longest_ + 1 ? labels - longest_ - 1 : 0; i < labels; i++) {
            const size_t depth = labels - i;
            const auto found = rules_.find(key.assign(low, starts[i]));
            if (found == rules_.end()) continue;
            if (found->second & EXCEPTION) return depth - 1;
            if (found->second & ANY_BELOW) return i > 0 ? depth + 1 : depth;
            return depth;
        }
        return 0;
    }

    enum : unsigned char { ITSELF = 1, ANY_BELOW = 2, EXCEPTION = 4 };

    std::unordered_map<std::string, unsigned char> rules_;  // a name -> what is said of it
    size_t longest_ = 0;
};

}  // namespace decloak
