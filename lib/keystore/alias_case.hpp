#pragma once

#include <string>
#include <string_view>

namespace umsadm::keystore {

// An alias in lower case as Java makes it (String.toLowerCase(Locale.ENGLISH)): in all scripts, whatever the locale of
// this process. `text` is well-formed UTF-8. A capital sigma always becomes the inner form: Java writes the other one
// at the end of a word, but finds both only as they were written.
std::string java_lower_case(std::string_view text);

}  // namespace umsadm::keystore
