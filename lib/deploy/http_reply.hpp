#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "umsadm/deploy/probe.hpp"

namespace umsadm {

// The largest answer that is looked at.
constexpr std::size_t k_max_http_reply = 64 * 1024;

struct HttpReply {
    int status = 0;
    std::string body;
};

// Reads an HTTP/1.1 answer from what was received so far; `closed` says that no more will come. Empty while it is not
// whole. Throws Code::invalid_data when it is no HTTP or ended too early.
std::optional<HttpReply> read_http_reply(std::string_view received, bool closed);

// What a reply of /usg/check-status says: {"status": "ok"}, lenient about the kind of quotes (the vendor's manual
// prints typographic ones).
Health read_check_status(const HttpReply& reply);

}  // namespace umsadm
