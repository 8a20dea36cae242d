#pragma once

#include <string_view>

#include "umsadm/keystore/keystore.hpp"

namespace umsadm {

// The algorithms that a Java of this version reads, as its "java -version" tells it: "8u292", "1.8.0_292", "11.0.12",
// "17". A version without its update ("8", "11") counts as the first of that line. Throws Code::usage for a text that
// is no version.
Pkcs12Profile pkcs12_profile_for_java(std::string_view version);

}  // namespace umsadm
