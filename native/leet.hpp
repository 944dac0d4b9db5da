// Leet: whether a host name is honest; the twin of `decloak.indicators.leet.deleet`, which says how others read.
#pragma once

#include "words.hpp"

#include <algorithm>
#include <vector>

namespace decloak {

class Leet {
  public:
    // letters_for: sign -> the letters it is written for. suffixes: public suffixes of two labels.
    Leet(const Words &words, const py::dict &letters_for, py::object suffixes)
        : words_(words), suffixes_(std::move(suffixes)) {
        for (const auto &[sign, letters] : letters_for) {
            const std::string key = py::str(sign);
            if (key.size() == 1) letters_[static_cast<unsigned char>(key[0])] = py::str(letters);
        }
    }

    // True where `deleet` says None of a name in lower case, for certain; false where Python has to say.
    bool is_honest(std::string_view name) const {
        if (!has_digit(name)) return true;
        std::vector<std::string_view> labels = split(name, '.');
        if (!suffix_is_honest(labels)) return false;
        if (labels.size() > 1) labels.pop_back();
        bool sure = false;
        struct Found {
            std::string_view piece;
            double gain;
        };
        std::vector<Found> found;
        for (const std::string_view label : labels) {
            const bool readable = label.size() <= LONGEST_LABEL && label.substr(0, 4) != "xn--";
            const auto parts = readable ? split(label, '-') : std::vector<std::string_view>{label};
            for (const std::string_view piece : parts) {
                if (!is_mixed(piece)) continue;
                if (piece.size() < SHORTEST_HEX && !is_beside_words(piece, parts)) continue;
                found.push_back({piece, gain(piece)});
                sure = sure || (found.back().gain >= SURE && is_long(piece));
            }
        }
        const double needed = sure ? MARGIN - COMPANY : MARGIN;
        return std::none_of(found.begin(), found.end(), [&](const Found &each) {
            return each.gain >= needed && (sure || is_long(each.piece));
        });
    }

    static std::vector<std::string_view> split(std::string_view text, char sign) {
        std::vector<std::string_view> parts;
        for (size_t start = 0;;) {
            const size_t end = text.find(sign, start);
            if (end == std::string_view::npos) {
                parts.push_back(text.substr(start));
                return parts;
            }
            parts.push_back(text.substr(start, end - start));
            start = end + 1;
        }
    }

  private:
    static constexpr size_t SHORTEST_PIECE = 4, SHORTEST_HEX = 5, LONGEST_PIECE = 32, LONGEST_WORD = 20,
                            LONGEST_LABEL = 63, SHORTEST_WORD = 2, SHORTEST_IN_LEET = 3, LONGEST_SUFFIX = 8,
                            MOST_READINGS = 16;
    static constexpr double NUMBER_FIRST = 1.5, NUMBER_LAST = 1.2, NUMBER_WITHIN = 3.4, NUMBER_AS_WORD = 2.0,
                            PART_OF_NUMBER = 0.8, FURTHER_DIGIT = 0.3, ZERO_FIRST = 3.0, UNKNOWN = 3.0,
                            UNKNOWN_LETTER = 1.4, TWO_LETTERS = 0.8, LEET = 0.9, FURTHER_SIGN = 0.35, SHORT = 0.9,
                            NUMBERED = 1.2, PLURAL = 2.6, CODE = 1.0, CODE_WITH_1 = 0.4, CODE_LETTERS = 5.2,
                            COMMON_SHORT = 4.1, COMMON = 5.0, MARGIN = 0.35, SURE = 2.0, COMPANY = 1.5, NEVER = 1e9;

    bool suffix_is_honest(const std::vector<std::string_view> &labels) const {
        if (labels.size() < 2) return true;
        const std::string_view top = labels.back(), second = labels[labels.size() - 2];
        if (has_digit(top)) return false;
        if (labels.size() < 3 || !has_digit(second) || second.size() > LONGEST_SUFFIX || all_digits(second)) return true;
        bool honest = true;
        each_reading(second, [&](const std::string &reading) {
            std::string suffix(reading);
            suffix.append(".").append(top);
            honest = honest && !suffixes_.has(suffix);
        });
        return honest;
    }

    // The first readings with letters for all signs, in the order of the product of the letters of each.
    template <class Use> void each_reading(std::string_view part, Use use) const {
        std::vector<std::string_view> choices;
        for (const char &c : part) {
            const std::string &letters = letters_[static_cast<unsigned char>(c)];
            choices.push_back(letters.empty() ? std::string_view(&c, 1) : std::string_view(letters));
        }
        std::vector<size_t> chosen(part.size(), 0);
        std::string reading(part.size(), ' ');
        for (size_t count = 0; count < MOST_READINGS; count++) {
            for (size_t i = 0; i < part.size(); i++) reading[i] = choices[i][chosen[i]];
            use(reading);
            size_t place = part.size();
            while (place > 0 && ++chosen[place - 1] == choices[place - 1].size()) chosen[--place] = 0;
            if (place == 0) return;
        }
    }

    static bool is_beside_words(std::string_view piece, const std::vector<std::string_view> &parts) {
        const bool hex = std::all_of(piece.begin(), piece.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
        if (!hex) return true;
        return parts.size() > 1 && std::all_of(parts.begin(), parts.end(), [&](std::string_view part) {
            return part.data() == piece.data() || all_letters(part); // itself, or words
        });
    }

    static bool is_mixed(std::string_view piece) {
        if (piece.size() < SHORTEST_IN_LEET || piece.size() > LONGEST_PIECE) return false;
        bool letter = false, digit = false;
        for (const char c : piece) {
            if (is_digit(c)) digit = true;
            else if (is_letter(c)) letter = true;
            else return false;
        }
        if (!letter || !digit) return false;
        const std::string_view stem = stem_of(piece);
        return stem.size() > SHORTEST_WORD || !all_letters(stem);
    }

    static std::string_view stem_of(std::string_view piece) {
        while (!piece.empty() && is_digit(piece.back())) piece.remove_suffix(1);
        return piece;
    }

    static bool is_numeronym(std::string_view piece) {
        return piece.size() > 3 && is_letter(piece.front()) && is_letter(piece.back()) &&
               all_digits(piece.substr(1, piece.size() - 2));
    }

    static bool is_long(std::string_view piece) { return piece.size() >= SHORTEST_PIECE && !is_numeronym(piece); }

    // By how much leet is the likelier reading of a piece; -1e9 where it is none.
    double gain(std::string_view piece) const {
        const std::string_view stem = stem_of(piece);
        if (all_letters(stem) && is_numbered(stem, piece.substr(stem.size()))) return -NEVER;
        const size_t size = piece.size();
        std::vector<double> plain(size + 1, NEVER), leet(size + 1, NEVER), honest(size + 1, NEVER);
        plain[0] = honest[0] = 0.0;
        for (size_t start = 0; start < size; start++) {
            plain_steps(piece, start, [&](size_t end, double more) {
                plain[end] = std::min(plain[end], plain[start] + more);
                leet[end] = std::min(leet[end], leet[start] + more);
                honest[end] = std::min(honest[end], honest[start] + more);
            });
            for (size_t end = start + 1; end <= size && !is_digit(piece[end - 1]); end++) {
                const double more = end == 3 && size == 4
                                        ? CODE_LETTERS
                                        : UNKNOWN + UNKNOWN_LETTER * static_cast<double>(end - start);
                honest[end] = std::min(honest[end], honest[start] + more);
            }
            const double cost = std::min(leet[start], plain[start]);
            if (cost < NEVER)
                leet_steps(piece, start, [&](size_t end, double more) { leet[end] = std::min(leet[end], cost + more); });
        }
        return leet[size] < NEVER ? honest[size] - leet[size] : -NEVER;
    }

    bool is_numbered(std::string_view stem, std::string_view number) const {
        const auto found = words_.rarity(stem);
        if (!found || *found > COMMON) return false;
        if (number.size() > 1) return true;
        if (number.empty()) return false;
        for (const char letter : letters_[static_cast<unsigned char>(number[0])]) {
            std::string word(stem);
            word.push_back(letter);
            if (words_.rarity(word)) return false;
        }
        return true;
    }

    template <class Use> void plain_steps(std::string_view piece, size_t start, Use use) const {
        size_t end = start;
        while (end < piece.size() && is_digit(piece[end])) end++;
        if (end > start) {
            use(end, number(piece, start, end));
            return;
        }
        while (end < std::min(piece.size(), start + LONGEST_WORD) && !is_digit(piece[end])) {
            end++;
            if (end - start < SHORTEST_WORD) continue;
            if (const auto found = words_.rarity(piece.substr(start, end - start)))
                use(end, *found + (end - start == 2 ? TWO_LETTERS : 0.0));
        }
    }

    static double number(std::string_view piece, size_t start, size_t end) {
        const double part = start && is_digit(piece[start - 1]) ? PART_OF_NUMBER : 0.0;
        if (end == piece.size()) return NUMBER_LAST + part;
        if (start == 0) return piece[0] == '0' ? ZERO_FIRST : NUMBER_FIRST;
        if (end - start == 1 && (piece[start] == '2' || piece[start] == '4')) return NUMBER_AS_WORD + part;
        return NUMBER_WITHIN + FURTHER_DIGIT * static_cast<double>(end - start - 1) + part;
    }

    template <class Use> void leet_steps(std::string_view piece, size_t start, Use use) const {
        const size_t longest = std::min(piece.size(), start + LONGEST_WORD);
        for (size_t end = start + SHORTEST_IN_LEET; end <= longest; end++) {
            const std::string_view part = piece.substr(start, end - start);
            const size_t signs = static_cast<size_t>(std::count_if(part.begin(), part.end(), is_digit));
            if (signs == 0 || 2 * signs > part.size() + 1 || signs == part.size()) continue;
            double numbered_more = 0.0;
            bool asked = false;
            each_reading(part, [&](const std::string &word) {
                const auto found = words_.rarity(word);
                if (!found || (part.size() == 3 && *found > COMMON_SHORT)) return;
                double more = LEET + FURTHER_SIGN * static_cast<double>(signs - 1) + (part.size() == 3 ? SHORT : 0.0);
                if (is_digit(part.back()) && signs == 1) {
                    if (!asked) numbered_more = numbered(piece, part);
                    asked = true;
                    more += numbered_more;
                }
                use(end, *found + more);
            });
        }
    }

    double numbered(std::string_view piece, std::string_view part) const {
        double more = 0.0;
        if (words_.rarity(part.substr(0, part.size() - 1))) more = part.back() == '5' ? PLURAL : NUMBERED;
        if (part == piece && part.size() == 4) more += part.back() == '1' ? CODE_WITH_1 : CODE;
        return more;
    }

    const Words &words_;
    Table suffixes_;
    std::string letters_[256];
};

}  // namespace decloak
