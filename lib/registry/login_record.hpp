#pragma once

#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/registry/login.hpp"

#include "lib/registry/record_reader.hpp"

namespace umsadm {

// Login options as fields of a gateway's or server's record, or of "defaults" in site.json.
LoginOptions read_login(RecordReader& reader);
void write_login(nlohmann::ordered_json& record, const LoginOptions& login);

// Throws `code` naming the field that cannot be right.
void check_login(const LoginOptions& login, Code code);

}  // namespace umsadm
