#pragma once

#include <cstddef>

namespace umsadm::app {

// The most that is read of a file of certificates, keys or a keystore: all public roots of a system take a fiftieth.
constexpr std::size_t k_file_limit = std::size_t{16} << 20U;

}  // namespace umsadm::app
