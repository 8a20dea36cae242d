#include "lib/deploy/http_reply.hpp"

#include <charconv>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

Error not_http() { return Error(Code::invalid_data, "the answer is no HTTP"); }

std::optional<std::size_t> parse_size(std::string_view text, int base) {
    std::size_t value = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || at != text.data() + text.size()) return std::nullopt;
    return value;
}

// "HTTP/1.1 200 OK" (RFC 9112, section 4).
int parse_status_line(std::string_view line) {
    if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') throw not_http();
    const auto status = parse_size(line.substr(9, 3), 10);
    if (!status || *status < 100) throw not_http();
    return static_cast<int>(*status);
}

struct Head {
    int status = 0;
    bool chunked = false;
    std::optional<std::size_t> length;
};

Head parse_head(std::string_view text) {
    Head head;
    bool first = true;
    for (const std::string& whole : split(text, '\n')) {
        const std::string_view line = trim(whole);
        if (first) {
            head.status = parse_status_line(line);
            first = false;
            continue;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string name = to_lower(line.substr(0, colon));
        const std::string value = to_lower(trim(line.substr(colon + 1)));
        if (name == "transfer-encoding") head.chunked = value == "chunked";
        if (name == "content-length") {
            head.length = parse_size(value, 10);
            if (!head.length) throw not_http();
        }
    }
    return head;
}

// RFC 9112, section 7.1. Empty while the last chunk has not come.
std::optional<std::string> decode_chunks(std::string_view rest) {
    std::string body;
    while (true) {
        const auto end_of_line = rest.find("\r\n");
        if (end_of_line == std::string_view::npos) return std::nullopt;
        const std::string_view line = rest.substr(0, end_of_line);
        const auto size = parse_size(trim(line.substr(0, line.find(';'))), 16);
        if (!size || *size > k_max_http_reply) throw not_http();
        if (*size == 0) return body;
        rest.remove_prefix(end_of_line + 2);
        if (rest.size() < *size + 2) return std::nullopt;
        body += rest.substr(0, *size);
        rest.remove_prefix(*size + 2);
    }
}

std::optional<std::string> read_body(const Head& head, std::string_view rest, bool closed) {
    if (head.chunked) return decode_chunks(rest);
    if (head.length) {
        if (rest.size() < *head.length) return std::nullopt;
        return std::string(rest.substr(0, *head.length));
    }
    if (!closed) return std::nullopt;
    return std::string(rest);
}

// Quotes of any kind become '"'.
std::string with_plain_quotes(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        // U+2018 to U+201F: single and double typographic quotes.
        const bool typographic = text.substr(at, 2) == "\xE2\x80" && at + 2 < text.size() && text[at + 2] >= '\x98' &&
                                 text[at + 2] <= '\x9F';
        if (typographic) at += 2;
        result += typographic || text[at] == '\'' ? '"' : text[at];
    }
    return result;
}

// The text value of a field in a flat JSON object; empty when it is not there.
std::string_view find_text_field(std::string_view json, std::string_view quoted_name) {
    const auto start = json.find(quoted_name);
    if (start == std::string_view::npos) return {};
    std::string_view rest = trim(json.substr(start + quoted_name.size()));
    if (!rest.starts_with(':')) return {};
    rest = trim(rest.substr(1));
    if (!rest.starts_with('"')) return {};
    rest.remove_prefix(1);
    const auto end = rest.find('"');
    return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

}  // namespace

std::optional<HttpReply> read_http_reply(std::string_view received, bool closed) {
    std::string_view rest = received;
    while (true) {
        const auto end = rest.find("\r\n\r\n");
        if (end == std::string_view::npos) break;
        const Head head = parse_head(rest.substr(0, end));
        rest.remove_prefix(end + 4);
        if (head.status < 200) continue;  // "100 Continue" and its like come before the answer
        auto body = read_body(head, rest, closed);
        if (!body) break;
        return HttpReply{head.status, std::move(*body)};
    }
    if (closed) throw not_http();
    return std::nullopt;
}

Health read_check_status(const HttpReply& reply) {
    if (reply.status == 404) return Health::absent;
    if (reply.status != 200) return Health::unknown;
    const std::string body = with_plain_quotes(reply.body);
    const std::string status = to_lower(find_text_field(body, "\"status\""));
    for (const Health health : {Health::init, Health::ok, Health::warn, Health::err}) {
        if (status == health_name(health)) return health;
    }
    return Health::unknown;
}

}  // namespace umsadm
