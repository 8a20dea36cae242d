#pragma once

#include "lib/crypto/openssl_handles.hpp"

namespace umsadm {

// Password-based encryption with this many rounds takes some seconds; a file that asks for more is an attack.
constexpr long k_most_pbe_rounds = 5'000'000;

// Throws Code::invalid_data when decrypting with `algorithm` would take more rounds than that.
void require_bearable_pbe(const X509_ALGOR& algorithm);

}  // namespace umsadm
