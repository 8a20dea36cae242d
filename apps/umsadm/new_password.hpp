#pragma once

#include <optional>
#include <string_view>

#include "umsadm/base/secret_source.hpp"

#include "context.hpp"

namespace umsadm::app {

// A password that is going to protect something: on a terminal it is asked for twice. Null when none is wanted.
// `what` as for SecretReader::read(). Throws Code::usage when the two differ.
const Secret* read_new_password(Context& ctx, const std::optional<SecretSource>& source, std::string_view what);

}  // namespace umsadm::app
