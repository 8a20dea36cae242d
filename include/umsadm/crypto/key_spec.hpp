#pragma once

#include <string>
#include <string_view>

namespace umsadm {

// The kind of a key pair: "rsa:2048" to "rsa:8192", "ec:p256", "ec:p384", "ec:p521", "ed25519".
struct KeySpec {
    enum class Type { rsa, ec, ed25519, other };

    Type type = Type::rsa;
    int bits = 4096;    // RSA: size of the modulus; EC: size of the curve; ed25519: 256
    std::string other;  // the name of an algorithm that umsadm only shows

    bool operator==(const KeySpec&) const = default;
    std::string to_string() const;

    // Throws Code::usage naming what is allowed.
    static KeySpec parse(std::string_view text);
};

}  // namespace umsadm
