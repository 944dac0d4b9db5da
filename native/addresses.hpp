// Addresses: the canonical text of IPv4 and IPv6; what is written in another way is Python's to read.
#pragma once

#include "words.hpp"

#include <array>
#include <cstdio>

namespace decloak {

// Whether these are four octets without leading zeros.
inline bool is_ipv4(std::string_view text) {
    if (text.size() < 7 || text.size() > 15) return false;
    int octets = 0, value = 0, digits = 0;
    for (size_t i = 0; i <= text.size(); i++) {
        if (i == text.size() || text[i] == '.') {
            if (digits == 0 || value > 255 || (digits > 1 && text[i - static_cast<size_t>(digits)] == '0')) return false;
            octets++;
            value = digits = 0;
        } else if (is_digit(text[i]) && digits < 3) {
            value = value * 10 + (text[i] - '0');
            digits++;
        } else {
            return false;
        }
    }
    return octets == 4;
}

// RFC 5952 text of groups of hexadecimal digits; empty where the text is anything else, or an IPv4-mapped address.
inline std::string canonical_ipv6(std::string_view text) {
    if (text.size() < 2 || text.size() > 39) return {};
    std::array<unsigned, 8> groups{};
    size_t count = 0, gap = 9, i = 0;
    if (text[0] == ':' && text[1] != ':') return {};
    while (i < text.size()) {
        if (text[i] == ':') {
            if (i + 1 < text.size() && text[i + 1] == ':') {
                if (gap != 9) return {};
                gap = count;
                i += 2;
                continue;
            }
            if (i == 0 || text[i - 1] == ':' || i + 1 == text.size()) return {};
            i++;
            continue;
        }
        unsigned value = 0;
        size_t digits = 0;
        for (; i < text.size() && text[i] != ':'; i++, digits++) {
            const char c = lowered(text[i]);
            if (digits == 4 || !(is_digit(c) || (c >= 'a' && c <= 'f'))) return {};
            value = value * 16 + static_cast<unsigned>(is_digit(c) ? c - '0' : c - 'a' + 10);
        }
        if (count == 8) return {};
        groups[count++] = value;
    }
    if (gap == 9 ? count != 8 : count > 7) return {};
    if (gap != 9) {
        std::array<unsigned, 8> full{};
        for (size_t k = 0; k < gap; k++) full[k] = groups[k];
        for (size_t k = gap; k < count; k++) full[8 - count + k] = groups[k];
        groups = full;
    }
    if (!groups[0] && !groups[1] && !groups[2] && !groups[3] && !groups[4] && groups[5] == 0xffff) return {};
    size_t best = 8, longest = 1;
    for (size_t k = 0; k < 8;) {
        size_t end = k;
        while (end < 8 && groups[end] == 0) end++;
        if (end - k > longest) {
            best = k;
            longest = end - k;
        }
        k = end > k ? end : k + 1;
    }
    std::string made;
    char digits[8];
    for (size_t k = 0; k < 8; k++) {
        if (k == best) {
            made += "::";
            k += longest - 1;
            continue;
        }
        if (!made.empty() && made.back() != ':') made += ':';
        std::snprintf(digits, sizeof digits, "%x", groups[k]);
        made += digits;
    }
    return made;
}

}  // namespace decloak
