#pragma once

#include <string>
#include <string_view>

namespace umsadm {

// What a PKCS#11 URI (RFC 7512) says of a private key.
struct TokenUri {
    std::string key;          // the URI again, without what is not for the token: names token and key, holds no secret
    std::string module_path;  // "module-path"; empty: the module that OpenSSL's engine takes by itself
};

// Throws Code::usage for a text that is no such URI, that names no key, that holds a PIN or says where one is, and for
// an attribute that would not be honoured. No message holds the text itself: there may be a PIN in it.
TokenUri parse_token_uri(std::string_view text);

}  // namespace umsadm
