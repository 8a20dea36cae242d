#pragma once

#include <nlohmann/json_fwd.hpp>

namespace umsadm::app {

// Keeps the order of the fields: people read it too. Who fills one includes <nlohmann/json.hpp>.
using Json = nlohmann::ordered_json;

}  // namespace umsadm::app
