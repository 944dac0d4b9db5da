// Hosts: host names that are what they seem; for all others Python has to say what they resemble.
#pragma once

#include "leet.hpp"

#include <unordered_map>

namespace decloak {

class Hosts {
  public:
    // tops: top labels that are public or set apart. halves: length -> (half, heads, tails), shorter: name less a
    // letter -> name, and brands: name -> whether of a domain, as in `decloak.verify.squats`.
    Hosts(const Words &words, py::object tops, const py::dict &letters_for, py::object suffixes, py::dict halves,
          py::dict shorter, py::dict brands)
        : words_(words), leet_(words, letters_for, std::move(suffixes)), tops_(std::move(tops)), shorter_(std::move(shorter)),
          brands_(std::move(brands)) {
        for (const auto &[length, told] : halves) {
            const py::tuple half = told.cast<py::tuple>();
            halves_.emplace(length.cast<size_t>(), Half{half[0].cast<size_t>(), Table(half[1]), Table(half[2])});
        }
    }

    static std::string in_lower_case(std::string_view text) {
        std::string low(text);
        for (char &c : low) c = lowered(c);
        return low;
    }

    // Whether a name is written as one: labels of letters, digits, hyphens and underscores; none in punycode.
    static bool is_well_formed(std::string_view name) {
        if (name.empty() || name.size() > LONGEST_NAME) return false;
        size_t length = 0;
        for (size_t i = 0; i <= name.size(); i++) {
            const char c = i < name.size() ? name[i] : '.';
            if (c == '.') {
                if (length == 0 || length > LONGEST_LABEL || name[i - 1] == '-') return false;
                length = 0;
                continue;
            }
            if (!(is_letter(c) || is_digit(c) || c == '_' || (c == '-' && length > 0))) return false;
            if ((c == 'x' || c == 'X') && i + 3 < name.size() && lowered(name[i + 1]) == 'n' && name[i + 2] == '-' &&
                name[i + 3] == '-')
                return false;
            length++;
        }
        return true;
    }

    bool is_public(std::string_view low) const {
        const size_t dot = low.rfind('.');
        return dot != std::string_view::npos && tops_.has(low.substr(dot + 1));
    }

    // Whether a well-formed name resembles no other, for certain. low: the same in lower case.
    bool is_plain(std::string_view name, std::string_view low) const {
        return leet_.is_honest(low) && has_no_digraph(name) && is_no_squat(low);
    }

  private:
    static constexpr size_t LONGEST_NAME = 253, LONGEST_LABEL = 63, SHORTEST = 5, LONGEST = 32;

    struct Half {
        size_t half;
        Table heads, tails;
    };

    // True where `undigraph` has nothing to look up, for the name as written and in lower case.
    bool has_no_digraph(std::string_view name) const {
        const auto labels = Leet::split(name, '.');
        const size_t heads = labels.size() > 1 ? labels.size() - 1 : 1;
        for (size_t i = 0; i < heads; i++)
            for (const std::string_view piece : Leet::split(labels[i], '-'))
                if (piece.size() >= SHORTEST && piece.size() <= LONGEST && all_letters(piece) && may_be_digraph(piece) &&
                    !words_.is_counted(in_lower_case(piece)))
                    return false;
        return true;
    }

    static bool may_be_digraph(std::string_view piece) {
        bool capital_i = false, small = false;
        for (size_t i = 0; i < piece.size(); i++) {
            capital_i = capital_i || piece[i] == 'I';
            small = small || is_lower(piece[i]);
            if (i + 1 == piece.size()) break;
            const char a = lowered(piece[i]), b = lowered(piece[i + 1]);
            if ((a == 'r' && b == 'n') || (a == 'v' && b == 'v') || (a == 'c' && b == 'l')) return true;
        }
        return capital_i && small;
    }

    // False where a label is no slip away from a known name, for certain.
    bool may_be_near(std::string_view label) const {
        const auto found = halves_.find(label.size());
        if (found == halves_.end()) return false;
        const Half &half = found->second;
        const bool beside = half.heads.has(label.substr(0, half.half)) ||
                            half.tails.has(label.substr(label.size() > half.half ? label.size() - half.half : 0));
        if (!beside) return false;
        for (size_t i = 0; i < label.size(); i++) {
            if (label[i] == '-' || label[i] == '_') return false;
            if (is_digit(label[i])) return true;
            if (i > 1 && label[i] == label[i - 1] && label[i] == label[i - 2]) return true;
        }
        if (brands_.has(label) || (label.size() > 1 && words_.is_counted(label))) return false;
        if (shorter_.has(label)) return true;
        for (size_t i = 0; i < label.size(); i++) {
            std::string less(label);
            less.erase(i, 1);
            if (shorter_.has(less)) return true;
        }
        return false;
    }

    // True where `squatted` has nothing to look up.
    bool is_no_squat(std::string_view low) const {
        const auto labels = Leet::split(low, '.');
        const size_t heads = labels.size() > 1 ? labels.size() - 1 : 1;
        for (size_t i = 0; i < heads; i++) {
            const std::string_view label = labels[i];
            if (may_be_near(label)) return false;
            if (label.find('-') == std::string_view::npos) continue;
            std::string whole;
            for (const std::string_view piece : Leet::split(label, '-')) {
                if (may_be_near(piece)) return false;
                whole.append(piece);
            }
            if (brands_.has(whole)) return false;
        }
        return true;
    }

    const Words &words_;
    Leet leet_;
    Table tops_, shorter_, brands_;
    std::unordered_map<size_t, Half> halves_;
};

}  // namespace decloak
