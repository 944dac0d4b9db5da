// Links: ports, services on ports and platforms with their versions, tied; the twin of `decloak.link.ports` and of
// `decloak.link.cpe.cpe_links`. What is known is asked of Python once per name, and what was tied is remembered.
#pragma once

#include "slots.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace decloak {

class Links {
  public:
    // kind: the class Link. registered: port with protocol -> names in lower case. known: name -> the one we know it by.
    // usual: where a service is usually found. platforms: what a name may mean, with its `stem` last. slow: CPE links as
    // Python finds them. sources: who says so, of ports; scores: of the first service of a port, the second ...
    // reads: whether versions may be read here, which they are not where a dictionary may know their releases.
    Links(const py::type &kind, py::dict registered, py::dict known, py::object usual, py::object platforms, py::object slow,
          py::str source, py::tuple scores, bool reads)
        : slots_(kind, LINK_SIZE), registered_(std::move(registered)), known_(std::move(known)), usual_(std::move(usual)),
          platforms_(std::move(platforms)), slow_(std::move(slow)), source_(std::move(source)), scores_(std::move(scores)),
          reads_(reads), service_("service"), unusual_("unusual-port"), cpe_("cpe"), one_(py::float_(1.0)) {}

    // The services that a port is registered for.
    py::object port(const py::object &place) {
        if (PyObject *kept = found(ports_, place)) return py::reinterpret_borrow<py::object>(kept);
        const std::vector<py::object> names = names_at(place);
        py::tuple links(names.size());
        for (size_t i = 0; i < names.size(); i++)
            put(links, i, service_.ptr(), names[i].ptr(), source_.ptr(), PyTuple_GET_ITEM(scores_.ptr(), i), empty_.ptr(), place.ptr());
        return keep(ports_, place, links);
    }

    // What is odd about a service on a port that is registered for others only.
    py::object oddity(const py::handle &service, const py::object &place) {
        const py::tuple key = py::make_tuple(service, place);
        if (PyObject *kept = found(oddities_, key)) return py::reinterpret_borrow<py::object>(kept);
        return keep(oddities_, key, odd(service, place));
    }

    // The platforms of a name with the version beside it.
    py::object platform(const py::handle &label, const py::handle &value, const py::object &version, const py::object &written) {
        const py::tuple key = py::make_tuple(label, value, version, written);
        if (PyObject *kept = found(cpes_, key)) return py::reinterpret_borrow<py::object>(kept);
        std::string ending;
        if (!reads_ || !ended(version, ending)) return keep(cpes_, key, slow_(label, value, version, written));
        const py::tuple rows = platforms_(label, value, written);
        py::tuple links(rows.size());
        for (size_t i = 0; i < rows.size(); i++) {
            PyObject *row = PyTuple_GET_ITEM(rows.ptr(), i);
            const auto cell = [&](Py_ssize_t at) { return PyTuple_GET_ITEM(row, at); };
            const py::object target = joined({cell(STEM), std::string_view(ending)});
            put(links, i, cpe_.ptr(), target.ptr(), cell(SOURCE), cell(SCORE), cell(VERSION), cell(WHY));
        }
        return keep(cpes_, key, links);
    }

    void clear() {
        for (const py::dict &each : {ports_, oddities_, cpes_}) PyDict_Clear(each.ptr());
    }

    size_t size() const { return std::max({ports_.size(), oddities_.size(), cpes_.size()}); }

  private:
    enum { LINK_SIZE = 6 };
    enum { CPE, SCORE, SOURCE, VERSION, WHY, STEM };         // of a platform
    enum { NAME, USUAL_PORTS, USUAL_NAMES, FIRST };          // of a usual place
    static constexpr size_t MOST = 1 << 14;

    static PyObject *found(const py::dict &memory, const py::object &key) {
        PyObject *kept = PyDict_GetItemWithError(memory.ptr(), key.ptr());
        if (!kept && PyErr_Occurred()) throw py::error_already_set();
        return kept;
    }

    static py::object keep(py::dict &memory, const py::object &key, const py::object &links) {
        if (PyTuple_GET_SIZE(links.ptr()) == 0) return links;  // found again as quickly
        for (const py::object &each : {key, links})            // no cycle can be in them
            if (PyTuple_CheckExact(each.ptr()) && PyObject_GC_IsTracked(each.ptr())) PyObject_GC_UnTrack(each.ptr());
        if (memory.size() >= MOST) PyDict_Clear(memory.ptr());
        if (PyDict_SetItem(memory.ptr(), key.ptr(), links.ptr()) < 0) throw py::error_already_set();
        return links;
    }

    void put(const py::tuple &links, size_t at, PyObject *relation, PyObject *target, PyObject *source, PyObject *score,
             PyObject *version, PyObject *why) const {
        PyObject *made = slots_.fresh();
        size_t place = 0;
        for (PyObject *each : {relation, target, source, score, version, why}) slots_.put(made, place++, Py_NewRef(each));
        PyTuple_SET_ITEM(links.ptr(), static_cast<Py_ssize_t>(at), made);
    }

    // The services of a port by the names under which we know them, each once, as many as there are scores.
    std::vector<py::object> names_at(const py::object &place) const {
        std::vector<py::object> names;
        PyObject *rows = found(registered_, place);
        if (!rows) return names;
        const auto listed = py::reinterpret_borrow<py::tuple>(rows);
        for (const py::handle row : listed) {
            const auto low = py::reinterpret_borrow<py::object>(row);
            PyObject *other = found(known_, low);
            const py::object name = other ? py::reinterpret_borrow<py::object>(other) : low;
            const auto same = [&](const py::object &each) { return PyUnicode_Compare(each.ptr(), name.ptr()) == 0; };
            if (std::none_of(names.begin(), names.end(), same)) names.push_back(name);
            if (names.size() == scores_.size()) break;
        }
        return names;
    }

    py::tuple odd(const py::handle &service, const py::object &place) const {
        const py::tuple usual = usual_(service);
        const auto cell = [&](Py_ssize_t at) { return PyTuple_GET_ITEM(usual.ptr(), at); };
        if (PySet_GET_SIZE(cell(USUAL_PORTS)) == 0 || PySet_Contains(cell(USUAL_PORTS), place.ptr()) == 1) return empty();
        std::vector<py::object> names = names_at(place);
        if (names.empty()) return empty();
        for (const py::object &name : names)
            if (PySet_Contains(cell(USUAL_NAMES), name.ptr()) == 1) return empty();
        std::sort(names.begin(), names.end(),
                  [](const py::object &a, const py::object &b) { return PyUnicode_Compare(a.ptr(), b.ptr()) < 0; });
        py::object listed = names[0];
        for (size_t i = 1; i < names.size(); i++) listed = joined({listed, ", ", names[i]});
        const py::object target = joined({cell(NAME), " on ", place});
        const py::object why = joined({cell(NAME), " is usual on ", cell(FIRST), "; ", place, " is for ", listed});
        py::tuple links(1);
        put(links, 0, unusual_.ptr(), target.ptr(), source_.ptr(), one_.ptr(), empty_.ptr(), why.ptr());
        return links;
    }

    py::tuple empty() const { return nothing_; }

    // How a CPE name ends with this version, where it is read at a glance: numbers, and one word with a number at the end.
    static bool ended(const py::object &version, std::string &ending) {
        bool ascii;
        const std::string_view written = ascii_of(version.ptr(), ascii);
        if (!ascii || written.empty() || written.size() > LONGEST) return false;
        const auto digits = [&](size_t at) {
            while (at < written.size() && written[at] >= '0' && written[at] <= '9') at++;
            return at;
        };
        size_t at = digits(0);
        if (at == 0) return false;
        while (at + 1 < written.size() && written[at] == '.' && digits(at + 1) > at + 1) at = digits(at + 1);
        std::string update;
        if (at < written.size()) {
            size_t word = at;
            if (std::string_view("-_. ").find(written[word]) != std::string_view::npos) word++;
            size_t behind = word;
            while (behind < written.size() && ((written[behind] | 32) >= 'a' && (written[behind] | 32) <= 'z')) {
                update += static_cast<char>(written[behind] | 32);
                behind++;
            }
            const size_t end = digits(behind);
            if (end != written.size() || !is_update(update, end > behind)) return false;
            update.append(written.substr(behind));
        }
        ending.append(written.substr(0, at)).append(":").append(update.empty() ? "*" : update).append(":*:*:*:*:*:*");
        return true;
    }

    static bool is_update(std::string_view word, bool numbered) {
        static constexpr std::array<std::string_view, 5> early{"alpha", "beta", "rc", "pre", "dev"};
        static constexpr std::array<std::string_view, 6> late{"sp", "patch", "update", "p", "u", "b"};
        if (std::find(early.begin(), early.end(), word) != early.end()) return true;
        return numbered && std::find(late.begin(), late.end(), word) != late.end();
    }

    static constexpr size_t LONGEST = 100;

    Slots slots_;
    py::dict registered_, known_;
    py::object usual_, platforms_, slow_;
    py::str source_;
    py::tuple scores_;
    bool reads_;
    py::str service_, unusual_, cpe_, empty_{""};
    py::object one_;
    py::tuple nothing_{0};
    py::dict ports_, oddities_, cpes_;
};

}  // namespace decloak
