// Shapes: lines of one shape, read once by a grammar in Python and replayed for all others.
//
// A line is cut into fixed text and slots. Its key is the state of the reader, which records that state refers to, and
// the shape. What the reader made of the first line of a key is a template for the others, where every place stands at
// an edge of a slot or at a fixed distance from one. A shape gives places and never values.
#pragma once

#include "addresses.hpp"

#include <memory>
#include <unordered_map>
#include <vector>

namespace decloak {

class Shapes {
  public:
    // fact: the class Fact. first: bytes of a line before which no slot begins. ports: whether a line that begins with a
    // digit is a port line, whose digits are told from others by their number alone.
    Shapes(py::type fact, size_t first, bool ports) : fact_(std::move(fact)), first_(first), ports_(ports) {}

    // Replays lines of shadow[start:end] from `start`. Returns where it stopped, the state there, its records, how many
    // lines that were, and why: MORE to replay, the next line is ASKED about each time, or has a NEW key.
    py::tuple run(const py::bytes &shadow, size_t start, size_t end, py::object state, const py::list &roles,
                  const py::list &items, const py::list &kinds, const py::list &parents) {
        const std::string_view text = view_of(shadow);
        if (start > end || end > text.size()) throw py::index_error("a range outside the text");
        std::vector<Py_ssize_t> records = numbers_of(roles);
        int number = state_of(state);
        size_t made = 0, lines = 0;
        int why = MORE;
        Line line;
        while (start < end && made < MOST_MADE) {
            const size_t stop = text.find('\n', start);
            why = ASKED;
            if (stop == std::string_view::npos || stop >= end) break;  // what stands behind a line is a line end
            const std::string_view raw = text.substr(start, stop - start);
            if (raw.find_first_not_of(" \t") != std::string_view::npos) {
                if (!scan(raw, number, records, line)) break;
                const auto found = templates_.find(line.key);
                if (found == templates_.end()) why = NEW;
                if (why == NEW || found->second->python_only) break;
                const std::shared_ptr<const Template> known = found->second;
                made += replay(*known, line, static_cast<Py_ssize_t>(start), records, number, items, kinds, parents);
            }
            lines++;
            start = stop + 1;
            why = MORE;
        }
        py::list left;
        for (const Py_ssize_t record : records) left.append(record);
        return py::make_tuple(start, states_[static_cast<size_t>(number)], left, lines, why);
    }

    // Learns what Python made of one line. first_item, first_kind: how many there were before. exact: whether it holds
    // for this line alone.
    void learn(const py::bytes &shadow, size_t start, size_t stop, py::object state, const py::list &roles,
               const py::list &items, size_t first_item, const py::list &kinds, const py::list &parents, size_t first_kind,
               py::object new_state, const py::list &new_roles, bool exact) {
        const std::string_view text = view_of(shadow);
        if (start > stop || stop >= text.size() || text[stop] != '\n') return;
        const std::vector<Py_ssize_t> records = numbers_of(roles);
        Line line;
        if (!scan(text.substr(start, stop - start), state_of(state), records, line)) return;
        if (templates_.size() >= MOST_TEMPLATES || bytes_ > MOST_BYTES || states_.size() > MOST_STATES) {
            clear();  // what comes back is learned again
            return;
        }
        auto made = std::make_shared<Template>();
        made->python_only = exact || !fill(*made, line, static_cast<Py_ssize_t>(start), records, items, first_item, kinds,
                                           parents, first_kind, new_roles);
        made->state = state_of(new_state);
        bytes_ += line.key.size() + sizeof(Template) + made->facts.size() * sizeof(Field);
        templates_[line.key] = std::move(made);
    }

    size_t size() const { return templates_.size(); }

    void clear() {
        templates_.clear();
        states_.clear();
        numbers_ = py::dict();
        bytes_ = 0;
    }

    // The key of a line, for tests; empty where it has no shape.
    py::bytes key(const py::bytes &line) const {
        Line made;
        const std::string_view text = view_of(line);
        return scan(text, 0, {}, made) ? py::bytes(made.key) : py::bytes();
    }

    enum Why { MORE, ASKED, NEW };

  private:
    struct Line {
        std::string key;
        std::vector<int> edges;  // 0, then start and end of each slot, then the length
    };

    struct Anchor {
        int edge, distance;
    };

    // A record: one that the state refers to, one that the line opened (FRESH + n), or none.
    static constexpr int NONE = -1, FRESH = 1 << 8;

    struct Field {
        Anchor start, end;
        int record;
        py::object field, label, origin;
    };

    struct Template {
        bool python_only = false;
        std::vector<std::pair<py::object, int>> opened;  // kind and parent
        std::vector<Field> facts;
        std::vector<int> roles;
        int state = 0;
    };

    static std::string_view view_of(const py::bytes &bytes) {
        char *data;
        Py_ssize_t size;
        if (PyBytes_AsStringAndSize(bytes.ptr(), &data, &size) < 0) throw py::error_already_set();
        return {data, static_cast<size_t>(size)};
    }

    static std::vector<Py_ssize_t> numbers_of(const py::list &list) {
        std::vector<Py_ssize_t> made;
        for (const auto &each : list) made.push_back(each.cast<Py_ssize_t>());
        return made;
    }

    int state_of(const py::object &state) {
        if (PyObject *known = PyDict_GetItem(numbers_.ptr(), state.ptr())) return static_cast<int>(PyLong_AsLong(known));
        const int number = static_cast<int>(states_.size());
        numbers_[state] = number;
        states_.push_back(state);
        return number;
    }

    // Scanner

    static bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == ':'; }
    static bool opens(char c) { return c == ' ' || c == '\t' || c == '(' || c == ';'; }
    static bool closes(char c) { return c == ' ' || c == '\t' || c == ')' || c == '#'; }

    bool scan(std::string_view raw, int state, const std::vector<Py_ssize_t> &records, Line &line) const {
        if (raw.size() > LONGEST) return false;
        line.key.assign(reinterpret_cast<const char *>(&state), sizeof state);
        for (size_t i = 0; i < records.size(); i++) {  // which of them there are, and which are one
            size_t same = 0;
            while (records[same] != records[i]) same++;
            line.key.push_back(records[i] < 0 ? '-' : static_cast<char>('a' + same));
        }
        line.edges.assign(1, 0);
        for (const char c : raw)
            if ((c < ' ' && c != '\t') || c == 0x7f) return false;  // shadows of other than ASCII are negative
        size_t lead = 0;
        while (lead < raw.size() && (raw[lead] == ' ' || raw[lead] == '\t')) lead++;
        if (lead == raw.size()) return false;
        const char head = raw[lead];
        if (ports_) {
            if (head == '|' || head == '$' || head == '[' || head == '>') return false;
            if (is_digit(head)) return port(raw, lead, line);
        } else if (raw.find('"') != std::string_view::npos || (head != ';' && raw.find('(') != std::string_view::npos)) {
            return false;
        }
        // In a comment a name stands behind the semicolon at once, or behind the words that tell what it is.
        const size_t early = !ports_ && head != ';' ? 0 : lead + first_;
        for (size_t i = 0; i < raw.size();) {
            const bool begins = i == 0 || opens(raw[i - 1]);
            const bool allowed = i >= early || (!ports_ && head == ';' && i == lead + 1);
            if (!begins || !(is_letter(raw[i]) || is_digit(raw[i]) || raw[i] == ':') || !allowed) {
                plain(raw, i, line);
                i++;
                continue;
            }
            size_t end = i;
            while (end < raw.size() && is_word(raw[end])) end++;
            const bool closed = end == raw.size() || closes(raw[end]);
            std::string_view token = raw.substr(i, end - i);
            if (token.size() > 1 && token.back() == '.') token.remove_suffix(1);
            const char kind = closed ? kind_of(token) : 0;
            if (kind) {
                slot(line, kind, i, i + token.size());
                i += token.size();
                continue;
            }
            for (; i < end; i++) plain(raw, i, line);
        }
        line.edges.push_back(static_cast<int>(raw.size()));
        return true;
    }

    // A character of the fixed text: digits are one where neither letters nor full stops nor slashes touch them.
    static void plain(std::string_view raw, size_t i, Line &line) {
        char c = raw[i];
        if (is_digit(c)) {
            size_t low = i, high = i + 1;
            while (low > 0 && is_digit(raw[low - 1])) low--;
            while (high < raw.size() && is_digit(raw[high])) high++;
            const char before = low > 0 ? raw[low - 1] : ' ', behind = high < raw.size() ? raw[high] : ' ';
            const auto touches = [](char sign) { return is_letter(sign) || sign == '.' || sign == '/' || sign == '_'; };
            if (!touches(before) && !touches(behind)) c = '0';
        }
        line.key.push_back(c);
    }

    // A port line: its number and the blanks before the version cell are slots, and so is a version of numbers alone
    // behind other words. All other digits are one, but as many as there are.
    static bool port(std::string_view raw, size_t lead, Line &line) {
        size_t i = lead;
        int number = 0;
        for (; i < raw.size() && i < lead + 6 && is_digit(raw[i]); i++) number = number * 10 + (raw[i] - '0');
        if (i == raw.size() || raw[i] != '/' || number > 65535) return false;
        line.key.push_back('\x02');
        line.key.append(raw.substr(0, lead));
        slot(line, 'n', lead, i);
        for (int gaps = 0; gaps < 3 && i < raw.size();) {
            if (raw[i] != ' ') {
                line.key.push_back(is_digit(raw[i]) ? '0' : raw[i]);
                i++;
                continue;
            }
            const size_t start = i;
            while (i < raw.size() && raw[i] == ' ') i++;
            slot(line, ' ', start, i);
            gaps++;
        }
        const size_t space = raw.rfind(' ');
        const bool worded = space != std::string_view::npos && space > i && is_dotted(raw.substr(space + 1));
        const size_t end = worded ? space + 1 : raw.size();
        for (; i < end; i++) line.key.push_back(is_digit(raw[i]) ? '0' : raw[i]);
        if (worded) slot(line, 'v', end, raw.size());
        line.edges.push_back(static_cast<int>(raw.size()));
        return true;
    }

    static void slot(Line &line, char kind, size_t start, size_t end) {
        line.key.push_back('\x01');
        line.key.push_back(kind);
        line.edges.push_back(static_cast<int>(start));
        line.edges.push_back(static_cast<int>(end));
    }

    static bool is_dotted(std::string_view word) {
        bool dot = false;
        for (size_t i = 0; i < word.size(); i++) {
            if (word[i] == '.') {
                if (i == 0 || i + 1 == word.size() || word[i - 1] == '.') return false;
                dot = true;
            } else if (!is_digit(word[i])) {
                return false;
            }
        }
        return dot;
    }

    static char kind_of(std::string_view token) {
        if (is_digit(token.front()) && all_digits(token)) {
            if (token.size() > 9 || (token.size() > 1 && token.front() == '0')) return 0;
            return token.size() <= 4 ? 'n' : token.size() == 5 && std::stoi(std::string(token)) <= 65535 ? 'n' : 'l';
        }
        if (is_ipv4(token)) return '4';
        if (token.find(':') != std::string_view::npos) {
            if (is_mac(token)) return 'm';
            return token.find('.') == std::string_view::npos && !canonical_ipv6(token).empty() ? '6' : 0;
        }
        return is_duration(token) ? 'f' : is_name(token) ? 'd' : 0;
    }

    static bool is_mac(std::string_view token) {
        if (token.size() != 17) return false;
        for (size_t i = 0; i < token.size(); i++) {
            const char c = lowered(token[i]);
            if (i % 3 == 2 ? c != ':' : !(is_digit(c) || (c >= 'a' && c <= 'f'))) return false;
        }
        return true;
    }

    static bool is_duration(std::string_view token) {
        const size_t dot = token.find('.');
        if (dot == 0 || dot == std::string_view::npos || token.back() != 's') return false;
        token.remove_suffix(1);
        return all_digits(token.substr(0, dot)) && all_digits(token.substr(dot + 1));
    }

    // A name of two labels or more, in small letters, whose last one has no digit.
    static bool is_name(std::string_view token) {
        if (token.size() > 253) return false;
        size_t length = 0, labels = 0, top = 0;
        for (size_t i = 0; i <= token.size(); i++) {
            if (i == token.size() || token[i] == '.') {
                if (length == 0 || length > 63 || token[i - 1] == '-') return false;
                labels++;
                top = i - length;
                length = 0;
                continue;
            }
            if (!(is_lower(token[i]) || is_digit(token[i]) || (token[i] == '-' && length > 0))) return false;
            length++;
        }
        return labels > 1 && all_letters(token.substr(top)) && token.substr(top) != "arpa";
    }

    // Templates

    // Where a place stands to the edge before it; false where it is within a slot.
    static bool anchored(const Line &line, int place, Anchor &anchor) {
        const int last = static_cast<int>(line.edges.size()) - 1;
        int at = 0;
        for (int i = 0; i < last; i++)
            if (line.edges[static_cast<size_t>(i)] <= place) at = i;
        const bool in_slot = at % 2 == 1;  // edge 0 is the line's start, odd ones begin a slot
        anchor = {at, place - line.edges[static_cast<size_t>(at)]};
        return !in_slot || anchor.distance == 0;
    }

    static int reference(Py_ssize_t record, const std::vector<Py_ssize_t> &records, size_t first_kind, bool &known) {
        if (record < 0) return NONE;
        if (record >= static_cast<Py_ssize_t>(first_kind)) return FRESH + static_cast<int>(record - static_cast<Py_ssize_t>(first_kind));
        for (size_t i = 0; i < records.size(); i++)
            if (records[i] == record) return static_cast<int>(i);
        known = false;
        return NONE;
    }

    static bool fill(Template &made, const Line &line, Py_ssize_t start, const std::vector<Py_ssize_t> &records,
                     const py::list &items, size_t first_item, const py::list &kinds, const py::list &parents,
                     size_t first_kind, const py::list &new_roles) {
        if (items.size() < first_item || kinds.size() < first_kind || kinds.size() != parents.size()) return false;
        if (kinds.size() - first_kind >= FRESH || new_roles.size() != records.size()) return false;
        bool known = true;
        for (size_t i = first_kind; i < kinds.size(); i++) {
            const Py_ssize_t parent = parents[i].cast<Py_ssize_t>();
            made.opened.emplace_back(py::object(kinds[i]), reference(parent, records, first_kind, known));
        }
        for (const auto &role : new_roles) made.roles.push_back(reference(role.cast<Py_ssize_t>(), records, first_kind, known));
        const int length = line.edges.back();
        for (size_t i = first_item; i < items.size(); i++) {
            const py::tuple fact = items[i];
            if (!fact[6].is_none()) return false;
            const Py_ssize_t low = fact[0].cast<Py_ssize_t>() - start, high = fact[1].cast<Py_ssize_t>() - start;
            if (low < 0 || low >= high || high > length) return false;
            Field field{{}, {}, reference(fact[2].cast<Py_ssize_t>(), records, first_kind, known), fact[3], fact[4], fact[5]};
            if (!anchored(line, static_cast<int>(low), field.start) || !anchored(line, static_cast<int>(high), field.end)) return false;
            made.facts.push_back(std::move(field));
        }
        return known;
    }

    size_t replay(const Template &from, const Line &line, Py_ssize_t start, std::vector<Py_ssize_t> &records, int &state,
                  const py::list &items, const py::list &kinds, const py::list &parents) const {
        const Py_ssize_t fresh = static_cast<Py_ssize_t>(kinds.size());
        const auto record_of = [&](int reference) -> Py_ssize_t {
            if (reference == NONE) return -1;
            return reference >= FRESH ? fresh + reference - FRESH : records[static_cast<size_t>(reference)];
        };
        for (const auto &[kind, parent] : from.opened) {
            if (PyList_Append(kinds.ptr(), kind.ptr()) < 0) throw py::error_already_set();
            py::list(parents).append(record_of(parent));
        }
        PyTypeObject *type = reinterpret_cast<PyTypeObject *>(fact_.ptr());
        for (const Field &field : from.facts) {
            const py::object fact = py::reinterpret_steal<py::object>(type->tp_alloc(type, 7));
            if (!fact) throw py::error_already_set();
            PyObject **at = reinterpret_cast<PyTupleObject *>(fact.ptr())->ob_item;
            at[0] = PyLong_FromSsize_t(start + line.edges[static_cast<size_t>(field.start.edge)] + field.start.distance);
            at[1] = PyLong_FromSsize_t(start + line.edges[static_cast<size_t>(field.end.edge)] + field.end.distance);
            at[2] = PyLong_FromSsize_t(record_of(field.record));
            at[3] = Py_NewRef(field.field.ptr());
            at[4] = Py_NewRef(field.label.ptr());
            at[5] = Py_NewRef(field.origin.ptr());
            at[6] = Py_NewRef(Py_None);
            if (PyList_Append(items.ptr(), fact.ptr()) < 0) throw py::error_already_set();
        }
        std::vector<Py_ssize_t> next;
        for (const int role : from.roles) next.push_back(record_of(role));
        records = std::move(next);
        state = from.state;
        return from.facts.size();
    }

    static constexpr size_t LONGEST = 512, MOST_MADE = 1 << 13, MOST_TEMPLATES = 1 << 14, MOST_BYTES = 1 << 23,
                            MOST_STATES = 1 << 10;

    py::type fact_;
    size_t first_;
    bool ports_;
    std::unordered_map<std::string, std::shared_ptr<Template>> templates_;
    py::dict numbers_;
    std::vector<py::object> states_;
    size_t bytes_ = 0;
};

}  // namespace decloak
