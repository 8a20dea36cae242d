#pragma once

#include <optional>
#include <string_view>

#include "umsadm/crypto/certificate.hpp"

namespace umsadm {

// As OpenSSL counts it: over from the very second of "not after".
bool is_over(const Certificate& certificate, UtcTime now) noexcept;

bool is_weak(const KeySpec& key) noexcept;

// MD5, SHA-1 and older; of Certificate::signature_digest().
bool is_weak_digest(std::string_view digest) noexcept;

// How many CAs a CA allows below it; empty when it sets no limit.
std::optional<int> path_length_of(const Certificate& certificate) noexcept;

// Names as people compare them: without regard to case and to blanks at the ends.
bool same_name(std::string_view a, std::string_view b);

}  // namespace umsadm
