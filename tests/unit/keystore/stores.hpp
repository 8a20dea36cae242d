#pragma once

#include <filesystem>
#include <string>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/keystore/keystore.hpp"

namespace umsadm::test {

// Whether keytool and openssl are on this machine. Says so when not: the caller then returns.
bool has_referees();

struct CommandOutput {
    int status = 0;
    std::string text;  // standard output and standard error
};

// Runs a shell command in the folder of the stores. keytool is called as "$KT".
CommandOutput run(const std::string& command);
// The same for a command that must work; fails the test with its output otherwise.
std::string must_run(const std::string& command);

// Keystores that keytool and openssl made (make_stores.sh), made once for all tests. The password is "changeit".
const std::filesystem::path& stores();

Bytes store(const std::string& name);
Secret changeit();
DecodedKeystore decode_store(const std::string& name);
// Puts a file beside the stores, for a referee to read.
void put(const std::string& name, ByteView content);

// What keytool sees in a store.
std::string keytool_list(const std::string& name, const std::string& password = "changeit");

const KeyEntry& key_entry(const Keystore& keystore, const std::string& alias);
bool has_finding(const DecodedKeystore& decoded, const std::string& code);
// Whether a plain PKCS#8 key is the one of a certificate.
bool key_fits(const Secret& pkcs8, const Bytes& certificate);

}  // namespace umsadm::test
