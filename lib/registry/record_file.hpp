#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "umsadm/base/file.hpp"

#include "lib/registry/record_reader.hpp"

namespace umsadm {

constexpr std::size_t k_record_limit = std::size_t{1} << 20U;

// Writing a record or a line takes milliseconds: whoever holds the lock for it longer is stuck.
constexpr std::chrono::seconds k_lock_wait{30};

// One JSON value, as strict as a record needs it: well-formed UTF-8, no field twice in an object, nested at most 8
// deep. Throws Code::invalid_data naming the line.
nlohmann::json parse_json(std::string_view text);

// Reads a record: checks "schema", hands the other fields to `read`, and refuses fields that it did not ask for.
// Errors get the frame "reading PATH".
void read_record(const Path& path, const std::function<void(RecordReader&)>& read);

// An object that starts with "schema": 1.
nlohmann::ordered_json new_record();
// Two spaces deep, with a newline at the end.
std::string record_text(const nlohmann::ordered_json& record);
// One line, without a newline. Foreign bytes that are not UTF-8 are replaced: a diary takes every text.
std::string line_text(const nlohmann::ordered_json& line);

}  // namespace umsadm
