// Claims: what the decision table says of a value, remembered; the twin of `decloak.verify.claims.claim_of` for values
// that are well formed and resemble nothing. All others are Python's to judge.
#pragma once

#include "addresses.hpp"
#include "hosts.hpp"

#include <memory>

namespace decloak {

struct Known {
    py::object claim;
    bool refuted = false;
};

class Claims {
  public:
    // kind: the class Claim. accepted: Status.ACCEPTED. standing: (origin, label) -> confidence, evidence, believed.
    // claim_of: (origin, label, value) -> Claim. tables: () -> what `Words` and `Hosts` need, asked once.
    Claims(py::type kind, py::object accepted, py::object standing, py::object claim_of, py::object tables)
        : kind_(std::move(kind)), accepted_(std::move(accepted)), standing_(std::move(standing)),
          claim_of_(std::move(claim_of)), tables_(std::move(tables)) {}

    // The claim of text[start:end], or of a value where that is not None.
    const Known &of(PyObject *origin, PyObject *label, const Text &text, Py_ssize_t start, Py_ssize_t end,
                    PyObject *value) {
        if (start < 0 || start > end || end > text.size) throw py::index_error("a place outside the text");
        // Kept here: another thread may clear the memory meanwhile.
        const std::shared_ptr<Kind> kept_kind = kind_of(origin, label);
        Kind &kind = *kept_kind;
        std::string key;  // its own: while Python is asked, another thread may be in here
        bool ascii = true;
        if (value != Py_None) {
            key = ascii_of(value, ascii);
        } else if (text.is_ascii()) {
            key.assign(text.ascii() + start, static_cast<size_t>(end - start));
        } else {
            for (Py_ssize_t i = start; ascii && i < end; i++) {
                const Py_UCS4 c = text[i];
                ascii = c < 128;
                if (ascii) key.push_back(static_cast<char>(c));
            }
        }
        if (ascii) {
            const auto found = kind.known.find(key);
            if (found != kind.known.end()) return found->second;
        }
        py::object claim = ascii ? read(kind, key) : py::object();
        const bool asked = !claim;
        if (asked) {
            const py::object decoded = value != Py_None
                                           ? py::reinterpret_borrow<py::object>(value)
                                           : py::reinterpret_steal<py::object>(text.slice(start, end));
            claim = claim_of_(py::handle(origin), py::handle(label), decoded);
        }
        Known known{claim, asked && claim.attr("is_refuted").cast<bool>()};
        if (!ascii || key.size() > LONGEST) return other_ = std::move(known);
        if (size_ >= MOST) clear();
        size_++;
        return kind_of(origin, label)->known.emplace(key, std::move(known)).first->second;
    }

    py::object of_value(const py::str &origin, const py::str &label, const py::str &value) {
        const py::str none;
        return of(origin.ptr(), label.ptr(), Text(none), 0, 0, value.ptr()).claim;
    }

    size_t size() const { return size_; }

    void clear() {
        kinds_.clear();
        size_ = 0;
    }

  private:
    enum Check { NONE, PORT, ADDRESS, DOMAIN, HOSTNAME, VERSION, SERVICE, EMAIL, URL };

    struct Kind {
        py::object origin, label, confidence, evidence;  // the first two keep their addresses taken
        Check check = NONE;
        std::unordered_map<std::string, Known> known;
    };

    struct PairHash {
        size_t operator()(const std::pair<PyObject *, PyObject *> &pair) const {
            const auto a = reinterpret_cast<uintptr_t>(pair.first), b = reinterpret_cast<uintptr_t>(pair.second);
            return static_cast<size_t>((a >> 4) * 0x9e3779b97f4a7c15ULL ^ (b >> 4));
        }
    };

    std::shared_ptr<Kind> kind_of(PyObject *origin, PyObject *label) {
        const auto key = std::make_pair(origin, label);
        const auto found = kinds_.find(key);
        if (found != kinds_.end()) return found->second;
        auto made = std::make_shared<Kind>();
        made->origin = py::reinterpret_borrow<py::object>(origin);
        made->label = py::reinterpret_borrow<py::object>(label);
        const py::tuple standing = standing_(made->origin, made->label);
        made->confidence = standing[0];
        made->evidence = standing[1];
        if (standing[2].cast<bool>()) made->check = check_of(made->label.cast<std::string>());
        if (kinds_.size() >= MOST_KINDS) clear();
        return kinds_.emplace(key, std::move(made)).first->second;
    }

    static Check check_of(const std::string &label) {
        if (label == "PORT") return PORT;
        if (label == "IP_ADDRESS") return ADDRESS;
        if (label == "DOMAIN") return DOMAIN;
        if (label == "HOSTNAME") return HOSTNAME;
        if (label == "VERSION") return VERSION;
        if (label == "SERVICE") return SERVICE;
        if (label == "EMAIL") return EMAIL;
        if (label == "URL") return URL;
        return NONE;
    }

    // The claim of a value that is confirmed and resembles nothing; null where that is not certain.
    py::object read(const Kind &kind, const std::string &text) {
        if (kind.check == NONE || text.empty() || text.size() > LONGEST) return {};
        if (text.front() <= ' ' || text.back() <= ' ') return {};
        std::string value;
        switch (kind.check) {
        case PORT: value = port(text); break;
        case ADDRESS: value = is_ipv4(text) ? text : canonical_ipv6(text); break;
        case DOMAIN: value = name(text, true); break;
        case HOSTNAME: value = name(text, false); break;
        case VERSION: value = version(text); break;
        case SERVICE: value = service(text); break;
        case EMAIL: value = email(text); break;
        case URL: value = url(text); break;
        default: break;
        }
        if (value.empty()) return {};
        PyTypeObject *type = reinterpret_cast<PyTypeObject *>(kind_.ptr());
        py::object claim = py::reinterpret_steal<py::object>(type->tp_alloc(type, 7));
        if (!claim) throw py::error_already_set();
        PyObject **items = reinterpret_cast<PyTupleObject *>(claim.ptr())->ob_item;
        items[0] = Py_NewRef(kind.label.ptr());
        items[1] = string_of(value);
        items[2] = Py_NewRef(kind.confidence.ptr());
        items[3] = Py_NewRef(accepted_.ptr());
        items[4] = Py_NewRef(kind.evidence.ptr());
        items[5] = Py_NewRef(Py_None);
        items[6] = Py_NewRef(empty_.ptr());
        return claim;
    }

    static std::string port(const std::string &text) {
        if (text.size() > 5 || !all_digits(text)) return {};
        const int number = std::stoi(text);
        return number <= 65535 ? std::to_string(number) : std::string();
    }

    std::string name(const std::string &text, bool dotted) {
        if (!Hosts::is_well_formed(text)) return {};
        if ((text.find('.') != std::string::npos) != dotted) return {};
        const std::string low = Hosts::in_lower_case(text);
        const Hosts &hosts = this->hosts();
        if (dotted && !hosts.is_public(low)) return {};
        return hosts.is_plain(text, low) ? low : std::string();
    }

    std::string email(const std::string &text) {
        const size_t at = text.rfind('@');
        if (at == std::string::npos || at == 0 || at > 64 || text[0] == '.' || text[at - 1] == '.') return {};
        for (size_t i = 0; i < at; i++) {
            const bool sign = std::string_view(".!#$%&'*+/=?^_`{|}~-").find(text[i]) != std::string_view::npos;
            if (!is_letter(text[i]) && !sign) return {};  // digits may be leet
            if (text[i] == '.' && text[i + 1] == '.') return {};
        }
        const std::string domain = name(text.substr(at + 1), true);
        return domain.empty() ? domain : text.substr(0, at + 1) + domain;
    }

    // A URL of the web with a public name and nothing to normalise behind it.
    std::string url(const std::string &text) {
        const size_t start = text.compare(0, 7, "http://") == 0 ? 7 : text.compare(0, 8, "https://") == 0 ? 8 : 0;
        if (start == 0) return {};
        const size_t end = std::min(text.find_first_of("/?#", start), text.size());
        for (size_t i = end; i < text.size(); i++)
            if (text[i] <= ' ' || text[i] > '~' || text[i] == '%' || text[i] == '\\' || text[i] == '@' || is_digit(text[i]))
                return {};
        const std::string host = name(text.substr(start, end - start), true);
        return host.empty() ? host : text.substr(0, start) + host + text.substr(end);
    }

    static std::string version(const std::string &text) {
        if (text.size() > 128 || !has_digit(text)) return {};
        for (const char c : text)
            if (c < ' ' || c > '~') return {};
        const char a = lowered(text[0]), b = text.size() > 1 ? lowered(text[1]) : ' ';
        const bool odd = (a == '0' && b == 'x') || (a == 'm' && b == 's') || (a == 'k' && b == 'b') || (a == 'c' && b == 'v');
        return odd ? std::string() : text;
    }

    static std::string service(const std::string &text) {
        std::string value(text);
        while (!value.empty() && value.back() == '?') value.pop_back();
        if (value.empty() || value.size() > 64) return {};
        for (char &c : value) {
            c = lowered(c);
            if (!is_lower(c) && !is_digit(c) && std::string_view("-_./+|?*!@: ").find(c) == std::string_view::npos) return {};
        }
        return value;
    }

    const Hosts &hosts() {
        if (!hosts_) {
            const py::tuple all = tables_();
            if (hosts_) return *hosts_;  // another thread was faster
            words_ = std::make_unique<Words>(all[0].cast<py::dict>(), all[1].cast<double>(), all[2].cast<py::object>(),
                                             all[3].cast<double>());
            hosts_ = std::make_unique<Hosts>(*words_, all[4].cast<py::object>(), all[5].cast<py::dict>(),
                                             all[6].cast<py::object>(), all[7].cast<py::dict>(), all[8].cast<py::dict>(),
                                             all[9].cast<py::dict>());
        }
        return *hosts_;
    }

    static constexpr size_t MOST = 1 << 16, MOST_KINDS = 1 << 12, LONGEST = 253;

    py::type kind_;
    py::object accepted_, standing_, claim_of_, tables_;
    py::str empty_{""};
    std::unordered_map<std::pair<PyObject *, PyObject *>, std::shared_ptr<Kind>, PairHash> kinds_;
    size_t size_ = 0;
    Known other_;
    std::unique_ptr<Words> words_;
    std::unique_ptr<Hosts> hosts_;
};

}  // namespace decloak
