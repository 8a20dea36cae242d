#include "ticket.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

constexpr std::ptrdiff_t k_most_characters = 200;

// Bytes that begin a character of UTF-8.
std::ptrdiff_t count_characters(const std::string& text) {
    return std::count_if(text.begin(), text.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

}  // namespace

std::string parse_ticket(const std::string& text) {
    if (!is_utf8(text) || has_control_characters(text)) {
        throw Error(Code::usage, "a ticket must be one line of printable text");
    }
    std::string ticket(trim(text));
    if (ticket.empty()) throw Error(Code::usage, "a ticket must not be empty");
    if (count_characters(ticket) > k_most_characters) {
        throw Error(Code::usage, fmt::format("a ticket must not be longer than {} characters", k_most_characters));
    }
    return ticket;
}

}  // namespace umsadm::app
