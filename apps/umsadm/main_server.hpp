#pragma once

#include <string>

#include "umsadm/registry/site.hpp"

#include "context.hpp"

namespace umsadm::app {

// Which server of the site is the main one: exactly one, as soon as there is any.

// Makes this server the main one in site.json; empty: there is none any more. Returns the one before. Hold the lock of
// the site.
std::string set_main_server(const Site& site, const std::string& name);

// Notes in the audit log that the main server is another one than `before`.
void audit_main_server(const Context& context, const Site& site, const std::string& before);

// Throws Code::refused when this is the main server while there are others: one of them has to become it first.
void refuse_main_of_others(const Site& site, const std::string& name);

}  // namespace umsadm::app
