#pragma once

#include <span>

#include "umsadm/pki/rule_book.hpp"

namespace umsadm {

// The rule book by topic; rule_book() puts it together.
std::span<const Rule> rules_of_renewal() noexcept;       // what may take over from what
std::span<const Rule> rules_of_chains() noexcept;        // who signed, until when, how strongly
std::span<const Rule> rules_of_certificates() noexcept;  // one certificate by itself
std::span<const Rule> rules_of_names() noexcept;         // subject and Subject Alternative Name
std::span<const Rule> rules_of_files() noexcept;         // what a file holds
std::span<const Rule> rules_of_keystores() noexcept;     // Java keystores
std::span<const Rule> rules_of_hosts() noexcept;         // gateways, servers and their UMS ID
std::span<const Rule> rules_of_audit() noexcept;         // the audit log of a site

}  // namespace umsadm
