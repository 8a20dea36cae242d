#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/secret_source.hpp"

namespace umsadm {

// A field that says nothing is left out of a record.
inline void write_if_any(nlohmann::ordered_json& record, const char* name, const std::string& value) {
    if (!value.empty()) record[name] = value;
}

inline void write_if_any(nlohmann::ordered_json& record, const char* name, const std::vector<std::string>& values) {
    if (!values.empty()) record[name] = values;
}

template <typename T>
void write_if_any(nlohmann::ordered_json& record, const char* name, const std::optional<T>& value) {
    if (value) record[name] = *value;
}

inline void write_if_any(nlohmann::ordered_json& record, const char* name, const std::optional<SecretSource>& value) {
    if (value) record[name] = value->to_string();
}

inline void write_if_any(nlohmann::ordered_json& record, const char* name, const std::optional<Fingerprint>& value) {
    if (value) record[name] = value->to_string();
}

}  // namespace umsadm
