#pragma once

#include <string>

#include <sys/types.h>

#include "umsadm/base/bytes.hpp"

#include "output.hpp"

namespace umsadm::app {

// What "-o FILE" names; "-" is standard output.
bool is_standard_output(const std::string& file) noexcept;

// Throws Code::usage for a name that cannot be written to: an empty one, and "-" together with --json.
void check_output_file(const Output& out, const std::string& file);

// Writes `content` there, a file with `mode`. Throws as write_file() does; an existing file is replaced with `force`
// only, and what is there and no regular file (a device, a pipe) never is: Code::failed.
void write_output_file(Output& out, const std::string& file, ByteView content, mode_t mode, bool force);

}  // namespace umsadm::app
