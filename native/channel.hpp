// Channel: the names that a stretch of text may stand for; the twin of `decloak.decode.channel.search`.
#pragma once

#include "text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>
#include <vector>

namespace decloak {

class Channel {
  public:
    // names: in small letters, ASCII. letters: how many letters and digits each has. costs: of every arc.
    // readings: character -> {what it may have been: arc}; asked once for each distinct character.
    Channel(const py::list &names, const py::list &letters, const std::vector<int> &costs, py::object readings,
            size_t most_readings)
        : readings_(std::move(readings)), most_readings_(most_readings) {
        if (costs.size() != ARCS) throw py::value_error("a cost of every arc is needed");
        std::copy(costs.begin(), costs.end(), costs_.begin());
        nodes_.emplace_back();
        for (size_t i = 0; i < names.size(); i++)
            add(names[i].cast<std::string>(), static_cast<int>(i), letters[i].cast<int>());
    }

    // text: the window. ends: where a name may end. The others: see `Budget` of the twin.
    // Returns [(name, end, cost, counts)], the likeliest first.
    py::list search(const py::str &text, const std::vector<int> &ends, int base, int per_letter, int first, int every,
                    int most) {
        probing_ = false;
        run(text, ends, base, per_letter, first, every, most);
        std::sort(found_.begin(), found_.end());
        py::list told;
        for (size_t i = 0; i < std::min(found_.size(), most_readings_); i++) {
            const Found &each = found_[i];
            py::tuple counts(static_cast<size_t>(ARCS));
            for (size_t arc = 0; arc < ARCS; arc++) counts[arc] = py::int_(each.way.counts[arc]);
            told.append(py::make_tuple(each.name, each.end, each.way.cost, counts));
        }
        return told;
    }

    // Whether the window holds a reading, or all of it begins one.
    bool reaches(const py::str &text, const std::vector<int> &ends, int base, int per_letter, int first, int every,
                 int most) {
        probing_ = true;
        run(text, ends, base, per_letter, first, every, most);
        return reached_;
    }

  private:
    enum Arc { MARK, LOOKALIKE, LEET, SIGN, SIGN_AGAIN, SPACE, SPACE_AGAIN, REPEAT, REPEAT_AGAIN, SIGN_LOST, SPACE_LOST,
               SIGN_CHANGED, SWAP, DROP, ADD, SUBSTITUTE, FIRST, JOINT, JOINT_AGAIN, ARCS, ITSELF = -1, NONE = -2 };
    static constexpr int SKIPPED = 3;

    struct Way {
        int cost = -1; // none
        std::array<uint8_t, ARCS> counts{};
        int slips = 0;
        bool operator<(const Way &other) const {
            if (cost != other.cost) return cost < other.cost;
            if (counts != other.counts) return counts < other.counts;
            return slips < other.slips;
        }
    };
    struct Node {
        std::vector<std::pair<char, int>> following;
        int name = -1, own = 0, letters = 0;
    };
    struct Found {
        int above, end, name;
        Way way;
        bool operator<(const Found &other) const {
            if (above != other.above) return above < other.above;
            if (end != other.end) return end > other.end;
            if (name != other.name) return name < other.name;
            return way < other.way;
        }
    };
    // What one character may be: by ASCII character the arc; and what it is by itself.
    struct Character {
        std::array<int8_t, 128> arcs;
        std::string plain; // those that are not none
        bool letter = false, sign = false, nothing = false, space = false;
    };

    static bool is_letter_of_name(char c) { return c >= 'a' && c <= 'z'; }
    static bool is_number(char c) { return c >= '0' && c <= '9'; }
    static int dropped(char c) {
        if (is_letter_of_name(c)) return DROP;
        if (c == ' ') return SPACE_LOST;
        return std::strchr("-.,_+/&'!:*()@#~", c) ? SIGN_LOST : NONE;
    }

    void add(const std::string &name, int which, int letters) {
        int at = 0;
        nodes_[0].letters = std::max(nodes_[0].letters, letters);
        for (const char c : name) {
            auto &following = nodes_[static_cast<size_t>(at)].following;
            const auto held = std::find_if(following.begin(), following.end(), [&](const auto &each) { return each.first == c; });
            int next;
            if (held == following.end()) {
                next = static_cast<int>(nodes_.size());
                following.emplace_back(c, next);
                nodes_.emplace_back();
            } else {
                next = held->second;
            }
            at = next;
            Node &node = nodes_[static_cast<size_t>(at)];
            node.letters = std::max(node.letters, letters);
        }
        nodes_[static_cast<size_t>(at)].name = which;
        nodes_[static_cast<size_t>(at)].own = letters;
    }

    const Character &character(Py_UCS4 code) {
        const auto held = characters_.find(code);
        if (held != characters_.end()) return held->second;
        Character made;
        made.arcs.fill(NONE);
        const py::object written = py::reinterpret_steal<py::object>(PyUnicode_FromOrdinal(static_cast<int>(code)));
        if (!written) throw py::error_already_set();
        for (const auto &[plain, arc] : readings_(written).cast<py::dict>()) {
            const std::string known = plain.cast<std::string>();
            if (known.empty()) made.nothing = true;
            if (known.size() != 1 || static_cast<unsigned char>(known[0]) > 127) continue;
            made.arcs[static_cast<size_t>(known[0])] = static_cast<int8_t>(arc.cast<int>());
            made.plain.push_back(known[0]);
            made.letter = made.letter || is_letter_of_name(known[0]);
        }
        made.space = code == ' ';
        made.sign = made.space || !(Py_UNICODE_ISALNUM(code) || Py_UNICODE_ISSPACE(code));
        return characters_.emplace(code, made).first->second;
    }

    static bool is_same(Py_UCS4 one, Py_UCS4 other) {
        if (one == other) return true;
        return one < 128 && other < 128 && Py_UNICODE_TOLOWER(one) == Py_UNICODE_TOLOWER(other);
    }

    void run(const py::str &text, const std::vector<int> &ends, int base, int per_letter, int first, int every, int most) {
        if (every < 1) throw py::value_error("one slip more for so many characters: at least 1");
        base_ = base;
        per_letter_ = per_letter;
        first_ = first;
        every_ = every;
        most_slips_ = most;
        look(Text(text));
        stops_.assign(static_cast<size_t>(size_) + 1, false);
        for (const int end : ends)
            if (end >= 0 && end <= size_) stops_[static_cast<size_t>(end)] = true;
        found_.clear();
        reached_ = false;
        made_.assign(static_cast<size_t>(size_) + 1, Way{});
        Way start;
        start.cost = 0;
        row(0).assign(1, {0, start});
        walk(0, 0, 0);
    }

    void look(const Text &text) {
        size_ = static_cast<int>(text.size);
        const size_t size = static_cast<size_t>(size_);
        window_.clear();
        for (int place = 0; place < size_; place++) window_.push_back(&character(text[place]));
        added_.assign(size, NONE);
        behind_.assign(size, size_);
        for (int place = 0; place < size_; place++) {
            const Character &here = *window_[static_cast<size_t>(place)];
            added_[static_cast<size_t>(place)] = added(text, place, here);
            for (int other = place + 1; other < std::min(place + SKIPPED + 2, size_); other++) {
                const Character &next = *window_[static_cast<size_t>(other)];
                if (!next.sign && !next.nothing) {
                    behind_[static_cast<size_t>(place)] = other;
                    break;
                }
            }
        }
    }

    static bool stands(const Text &text, int low, int high, Py_UCS4 code) {
        for (int place = low; place < high; place++)
            if (text[place] == code) return true;
        return false;
    }

    static int added(const Text &text, int place, const Character &here) {
        const Py_UCS4 code = text[place];
        if (here.nothing) return MARK;
        if (here.space) return stands(text, 1, place, code) ? SPACE_AGAIN : SPACE;
        if (here.sign) {
            const bool again = stands(text, 0, place, code);
            if (code < 128 && std::strchr("-._'&:/", static_cast<char>(code))) return again ? JOINT_AGAIN : JOINT;
            return again ? SIGN_AGAIN : SIGN;
        }
        if (!here.letter || !Py_UNICODE_ISALPHA(code)) return NONE; // a digit too many makes another thing
        if (place && is_same(text[place - 1], code))
            return place > 1 && is_same(text[place - 2], code) ? REPEAT_AGAIN : REPEAT;
        return ADD;
    }

    using Row = std::vector<std::pair<int, Way>>; // place in the window, in order; the cheapest way there

    Row &row(size_t depth) {
        while (rows_.size() <= depth) rows_.emplace_back();
        return rows_[depth];
    }

    // Goes below a node whose row is that of its depth; `last` is the character that led to it.
    void walk(int at, size_t depth, char last) {
        row(depth + 1); // before references are taken
        const bool spent = is_spent(depth);
        std::array<bool, 128> readable{};
        if (spent) {
            read(rows_[depth], readable);
            if (depth) read(rows_[depth - 1], readable); // of two that changed places the second
        }
        for (const auto &[c, next] : nodes_[static_cast<size_t>(at)].following) {
            if (reached_) return;
            if (spent && !readable[static_cast<size_t>(c)] && (is_letter_of_name(c) || is_number(c))) continue;
            const Node &child = nodes_[static_cast<size_t>(next)];
            if (!step(depth, c, last, base_ + per_letter_ * child.letters)) continue;
            if (probing_ && rows_[depth + 1].back().first == size_) reached_ = true;
            if (child.name >= 0) {
                const int own = base_ + per_letter_ * child.own;
                for (const auto &[end, way] : rows_[depth + 1])
                    if (way.cost <= own && stops_[static_cast<size_t>(end)])
                        found_.push_back({way.cost - own, end, child.name, way});
            }
            if (probing_ && !found_.empty()) reached_ = true;
            walk(next, depth + 1, c);
        }
    }

    // Whether no way to a node may have one more slip: then letters are read or none is.
    bool is_spent(size_t depth) const {
        const int allowed = std::min(first_ + static_cast<int>(depth) / every_, most_slips_);
        return std::all_of(rows_[depth].begin(), rows_[depth].end(), [&](const auto &each) { return each.second.slips >= allowed; });
    }

    void read(const Row &row, std::array<bool, 128> &readable) const {
        for (const auto &[place, way] : row)
            if (place < size_)
                for (const char c : window_[static_cast<size_t>(place)]->plain) readable[static_cast<size_t>(c)] = true;
    }

    // Makes the row behind one more character; returns whether any way is left.
    bool step(size_t depth, char c, char last, int most) {
        most_ = most;
        depth_ = depth;
        slips_ = std::min(first_ + static_cast<int>(depth) / every_, most_slips_);
        low_ = size_ + 1;
        high_ = -1;
        const int lost = dropped(c);
        const bool letter = is_letter_of_name(c);
        for (const auto &[place, way] : rows_[depth]) {
            if (lost != NONE) take(place, way, lost);
            if (place == size_) continue;
            const Character &here = *window_[static_cast<size_t>(place)];
            const int arc = here.arcs[static_cast<size_t>(c)];
            if (arc != NONE) take(place + 1, way, arc);
            else if (letter && here.letter) take(place + 1, way, SUBSTITUTE);
            else if (here.sign && !letter && !is_number(c)) take(place + 1, way, SIGN_CHANGED);
        }
        if (last && last != c)
            for (const auto &[place, way] : rows_[depth - 1])
                if (place < size_) swap(place, way, c, last);
        Row &row = rows_[depth + 1];
        row.clear();
        for (int place = low_; place <= high_; place++) {
            Way &way = made_[static_cast<size_t>(place)];
            if (way.cost < 0) continue;
            if (place < size_ && added_[static_cast<size_t>(place)] >= 0) take(place + 1, way, added_[static_cast<size_t>(place)]);
            row.emplace_back(place, way);
            way.cost = -1;
        }
        return !row.empty();
    }

    void swap(int place, const Way &way, char c, char last) {
        const int first = window_[static_cast<size_t>(place)]->arcs[static_cast<size_t>(c)];
        const int other = behind_[static_cast<size_t>(place)];
        if (first == NONE || other == size_) return;
        const int second = window_[static_cast<size_t>(other)]->arcs[static_cast<size_t>(last)];
        if (second == NONE) return;
        int arcs[3 + SKIPPED] = {SWAP, first, second};
        int count = 3;
        for (int between = place + 1; between < other; between++) arcs[count++] = added_[static_cast<size_t>(between)];
        take(other + 1, way, arcs, arcs + count);
    }

    void take(int place, const Way &way, int arc) { take(place, way, &arc, &arc + 1); }

    void take(int place, const Way &way, const int *arc, const int *end) {
        int cost = way.cost, slips = way.slips, first = 0;
        for (const int *each = arc; each != end; each++) {
            if (*each < 0) continue;
            cost += costs_[static_cast<size_t>(*each)];
            if (*each < SWAP || *each > SUBSTITUTE) continue;
            slips++;
            if (depth_ == (*each == SWAP ? 1u : 0u)) {
                first++;
                cost += costs_[FIRST];
            }
        }
        if (cost > most_ || slips > slips_) return;
        Way &held = made_[static_cast<size_t>(place)];
        if (held.cost >= 0 && held.cost < cost) return;
        Way next = way;
        next.cost = cost;
        next.slips = slips;
        for (; arc != end; arc++)
            if (*arc >= 0) next.counts[static_cast<size_t>(*arc)]++;
        next.counts[FIRST] = static_cast<uint8_t>(next.counts[FIRST] + first);
        if (held.cost < 0 || next < held) held = next;
        low_ = std::min(low_, place);
        high_ = std::max(high_, place);
    }

    py::object readings_;
    size_t most_readings_;
    std::array<int, ARCS> costs_{};
    std::vector<Node> nodes_;
    std::unordered_map<Py_UCS4, Character> characters_;
    // Of one search.
    int base_ = 0, per_letter_ = 0, first_ = 0, every_ = 1, most_slips_ = 0;
    int size_ = 0;
    std::vector<const Character *> window_;
    std::vector<int> added_, behind_;
    std::vector<bool> stops_;
    std::vector<Row> rows_;
    std::vector<Way> made_; // of one step; without a way between steps
    std::vector<Found> found_;
    bool probing_ = false, reached_ = false;
    int most_ = 0, slips_ = 0, low_ = 0, high_ = 0;
    size_t depth_ = 0;
};

}  // namespace decloak
