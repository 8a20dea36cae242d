#pragma once

#include <memory>

#include <netdb.h>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/stream.hpp"

namespace umsadm {

struct FreeAddresses {
    void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

// All addresses of a host, for TCP. Throws Code::unreachable (no such name, no answer before the deadline),
// Code::interrupted. After a deadline a thread may be left behind, which ends when the name servers answer or the
// resolver gives them up; it touches nothing of the caller.
Addresses resolve(const Endpoint& endpoint, const Deadline& deadline);

}  // namespace umsadm
