#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "umsadm/registry/login.hpp"

#include "json.hpp"
#include "output.hpp"

namespace umsadm::app {

// How the fields of a gateway's or a server's record are shown.

Json or_null(const std::string& text);
Json or_null(const std::optional<SecretSource>& source);
template <typename T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

// What is stored, or in parentheses what counts without it.
std::string or_default(const std::string& text, std::string_view usual);

Json login_json(const LoginOptions& login);
// How to log in to `host`, a line for everything that is said.
std::vector<Detail> login_details(const std::string& host, const LoginOptions& login);

}  // namespace umsadm::app
