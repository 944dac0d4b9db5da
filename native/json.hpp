// JSON: entities and records as they are written, in ASCII; the twin of `decloak.export.json_text`.
#pragma once

#include "slots.hpp"

#include <cmath>

namespace decloak {

class Json {
  public:
    // A string as `json` writes it with `ensure_ascii`; DEL is escaped too.
    void string(PyObject *object) {
        const Text text{py::handle(object)};
        out_.push_back('"');
        if (text.is_ascii()) {
            const char *data = text.ascii();
            for (Py_ssize_t i = 0; i < text.size; i++) {
                const char c = data[i];
                if (c >= ' ' && c != '"' && c != '\\' && c != 0x7f) out_.push_back(c);
                else escaped(static_cast<Py_UCS4>(c));
            }
        } else {
            for (Py_ssize_t i = 0; i < text.size; i++) {
                const Py_UCS4 c = text[i];
                if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') out_.push_back(static_cast<char>(c));
                else escaped(c);
            }
        }
        out_.push_back('"');
    }

    // A value of strings, whole numbers, lists and dictionaries; false where it holds anything else.
    bool value(PyObject *object, int depth = 0) {
        if (depth > DEEPEST) return false;
        if (PyUnicode_Check(object)) {
            string(object);
            return true;
        }
        if (PyLong_CheckExact(object)) return number(object);
        if (object == Py_None) {
            out_.append("null");
            return true;
        }
        if (PyList_Check(object) || PyTuple_CheckExact(object)) {
            PyObject **items = PySequence_Fast_ITEMS(object);
            out_.push_back('[');
            for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object); i++) {
                if (i) out_.append(", ");
                if (!value(items[i], depth + 1)) return false;
            }
            out_.push_back(']');
            return true;
        }
        if (!PyDict_CheckExact(object)) return false;
        PyObject *key, *held;
        Py_ssize_t place = 0;
        bool first = true;
        out_.push_back('{');
        while (PyDict_Next(object, &place, &key, &held)) {
            if (!PyUnicode_Check(key)) return false;
            if (!first) out_.append(", ");
            first = false;
            string(key);
            out_.append(": ");
            if (!value(held, depth + 1)) return false;
        }
        out_.push_back('}');
        return true;
    }

    // One entity; false where it is not made of what entities are made of.
    bool entity(PyObject *entity, const Slots &entities, const Slots &links_of, const py::object &convert) {
        if (!entities.is_one(entity)) return false;
        for (size_t i = 0; i < ENTITY_SIZE; i++)
            if (!entities.get(entity, i)) return false;
        const auto item = [&](size_t i) { return entities.get(entity, i); };
        if (!PyUnicode_Check(item(0)) || !PyUnicode_Check(item(3)) || !PyUnicode_Check(item(5))) return false;
        out_.append("{\"label\": ");
        string(item(0));
        out_.append(", \"text\": ");
        string(item(3));
        out_.append(", \"start\": ");
        if (!offset(item(1), convert)) return false;
        out_.append(", \"end\": ");
        if (!offset(item(2), convert)) return false;
        out_.append(", \"value\": ");
        string(item(5));
        out_.append(", \"confidence\": ");
        if (!real(item(6))) return false;
        out_.append(", \"status\": ");
        if (!PyUnicode_Check(item(7))) return false;
        string(item(7));
        out_.append(", \"evidence\": ");
        if (!value(item(8))) return false;
        out_.append(", \"obfuscation\": ");
        if (!value(item(9))) return false;
        out_.append(", \"resembles\": ");
        if (!value(item(10))) return false;
        out_.append(", \"links\": [");
        PyObject *links = item(11);
        if (!PyTuple_CheckExact(links)) return false;
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(links); i++) {
            PyObject *link = PyTuple_GET_ITEM(links, i);
            if (!links_of.is_one(link)) return false;
            static constexpr const char *KEYS[] = {"{\"relation\": ", ", \"target\": ", ", \"source\": ",
                                                   ", \"score\": ", ", \"version\": ", ", \"why\": "};
            if (i) out_.append(", ");
            for (size_t k = 0; k < LINK_SIZE; k++) {
                PyObject *part = links_of.get(link, k);
                if (!part) return false;
                out_.append(KEYS[k]);
                if (k == LINK_SCORE) {
                    if (!real(part)) return false;
                } else if (PyUnicode_Check(part)) {
                    string(part);
                } else {
                    return false;
                }
            }
            out_.push_back('}');
        }
        out_.append("]}");
        return true;
    }

    std::string &text() { return out_; }

    static constexpr size_t ENTITY_SIZE = 12, LINK_SIZE = 6;
    static constexpr size_t LINK_SCORE = 3;  // the only attribute that is a number

  private:
    static constexpr int DEEPEST = 64;

    void escaped(Py_UCS4 c) {
        switch (c) {
        case '"': out_.append("\\\""); return;
        case '\\': out_.append("\\\\"); return;
        case '\n': out_.append("\\n"); return;
        case '\r': out_.append("\\r"); return;
        case '\t': out_.append("\\t"); return;
        case '\f': out_.append("\\f"); return;
        case '\b': out_.append("\\b"); return;
        default: break;
        }
        if (c >= 0x10000) {
            c -= 0x10000;
            unit(0xd800 | (c >> 10));
            unit(0xdc00 | (c & 0x3ff));
        } else {
            unit(c);
        }
    }

    void unit(Py_UCS4 c) {
        static constexpr char HEX[] = "0123456789abcdef";
        const char written[] = {'\\', 'u', HEX[c >> 12 & 15], HEX[c >> 8 & 15], HEX[c >> 4 & 15], HEX[c & 15]};
        out_.append(written, sizeof written);
    }

    bool number(PyObject *object) {
        int over = 0;
        const long long number = PyLong_AsLongLongAndOverflow(object, &over);
        if (over) return false;
        out_.append(std::to_string(number));
        return true;
    }

    bool offset(PyObject *object, const py::object &convert) {
        if (convert.is_none()) return PyLong_CheckExact(object) && number(object);
        const py::object converted = convert(py::handle(object));
        return PyLong_CheckExact(converted.ptr()) && number(converted.ptr());
    }

    bool real(PyObject *object) {
        if (!PyFloat_CheckExact(object)) return false;
        const double number = PyFloat_AS_DOUBLE(object);
        if (!std::isfinite(number)) return false;
        if (number != last_ || shown_.empty()) {
            char *shown = PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, nullptr);
            if (!shown) throw py::error_already_set();
            shown_ = shown;
            PyMem_Free(shown);
            last_ = number;
        }
        out_.append(shown_);
        return true;
    }

    std::string out_, shown_;
    double last_ = -1.0;
};

// The entities of a list with commas between, or None where Python has to write them. kind, link: their classes.
inline py::object json_entities(const py::type &kind, const py::type &link, const py::sequence &entities,
                                const py::object &convert) {
    const Slots slots(kind, Json::ENTITY_SIZE), links(link, Json::LINK_SIZE);
    Json json;
    const size_t count = entities.size();
    for (size_t i = 0; i < count; i++) {
        if (i) json.text().append(", ");
        const py::object entity = entities[i];
        if (!json.entity(entity.ptr(), slots, links, convert)) return py::none();
    }
    return py::reinterpret_steal<py::object>(string_of(json.text()));
}

// A JSON value, or None where Python has to write it.
inline py::object json_value(const py::object &value) {
    Json json;
    if (!json.value(value.ptr())) return py::none();
    return py::reinterpret_steal<py::object>(string_of(json.text()));
}

}  // namespace decloak
