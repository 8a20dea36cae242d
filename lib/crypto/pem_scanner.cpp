#include "lib/crypto/pem_scanner.hpp"

#include <optional>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

// The label of "-----BEGIN LABEL-----" (or END); blanks at the end of the line do not matter.
std::optional<std::string_view> label_of(std::string_view line, std::string_view prefix) {
    constexpr std::string_view suffix = "-----";
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    if (!line.starts_with(prefix) || !line.ends_with(suffix) || line.size() <= prefix.size() + suffix.size()) {
        return std::nullopt;
    }
    return line.substr(prefix.size(), line.size() - prefix.size() - suffix.size());
}

[[noreturn]] void fail_without_end(std::string_view label) {
    throw Error(Code::invalid_data, fmt::format("a PEM block {} has no end", in_quotes(label)));
}

}  // namespace

std::vector<PemSpan> scan_pem(std::string_view text) {
    if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
    std::vector<PemSpan> blocks;
    std::optional<std::string_view> open;
    std::size_t start = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t newline = text.find('\n', at);
        const std::size_t next = newline == std::string_view::npos ? text.size() : newline + 1;
        const std::string_view line = text.substr(at, (newline == std::string_view::npos ? text.size() : newline) - at);
        if (const auto begin = label_of(line, "-----BEGIN ")) {
            if (open) fail_without_end(*open);
            open = begin;
            start = at;
        } else if (const auto end = label_of(line, "-----END "); end && open) {
            if (*end != *open) fail_without_end(*open);
            blocks.push_back({*open, text.substr(start, next - start)});
            open.reset();
        }
        at = next;
    }
    if (open) fail_without_end(*open);
    return blocks;
}

}  // namespace umsadm
