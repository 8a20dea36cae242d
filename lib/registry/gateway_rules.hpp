#pragma once

#include "umsadm/base/error.hpp"
#include "umsadm/registry/gateway.hpp"

namespace umsadm {

// Throws `code` naming the field that cannot be right: Code::usage for what a user gave, Code::invalid_data for what a
// file says.
void check_gateway(const Gateway& gateway, Code code);

// What a record may hold as "wait_seconds": up to a day.
constexpr std::uint32_t k_longest_wait = 86'400;

}  // namespace umsadm
