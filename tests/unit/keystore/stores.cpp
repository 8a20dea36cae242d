#include "unit/keystore/stores.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>

#include <catch2/catch.hpp>
#include <openssl/x509.h>
#include <sys/wait.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/base/text.hpp"

#include "unit/temp_folder.hpp"

namespace umsadm::test {
namespace {

struct ClosePipe {
    void operator()(FILE* pipe) const noexcept { pclose(pipe); }
};

CommandOutput run_in(const std::filesystem::path& folder, const std::string& command) {
    // A small heap and no optimiser: keytool lives for half a second.
    const std::string line = "cd " + shell_quoted(folder.string()) +
                             " && export LC_ALL=C.UTF-8 "
                             "KT='keytool -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -J-Duser.language=en' && { " +
                             command + "\n} 2>&1 </dev/null";
    std::unique_ptr<FILE, ClosePipe> pipe(popen(line.c_str(), "r"));
    CommandOutput output;
    std::array<char, 4096> buffer{};
    while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
        output.text.append(buffer.data(), count);
    }
    const int status = pclose(pipe.release());
    output.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return output;
}

}  // namespace

bool has_referees() {
    if (run_in("/", "command -v keytool openssl").status == 0) return true;
    WARN("skipped: keytool and openssl are needed");
    return false;
}

const std::filesystem::path& stores() {
    static const TempFolder folder;
    static const CommandOutput made = run_in(folder.path(), "sh " + shell_quoted(UMSADM_MAKE_STORES));
    INFO(made.text);
    REQUIRE(made.status == 0);
    return folder.path();
}

CommandOutput run(const std::string& command) { return run_in(stores(), command); }

std::string must_run(const std::string& command) {
    const CommandOutput output = run(command);
    INFO(command << "\n" << output.text);
    REQUIRE(output.status == 0);
    return output.text;
}

Bytes store(const std::string& name) { return read_file(stores() / name, 1 << 20); }

Secret changeit() { return Secret(std::string_view("changeit")); }

DecodedKeystore decode_store(const std::string& name) {
    const Secret password = changeit();
    return decode_keystore(store(name), &password);
}

void put(const std::string& name, ByteView content) {
    std::ofstream(stores() / name, std::ios::binary) << as_text(content);
}

std::string keytool_list(const std::string& name, const std::string& password) {
    return must_run("$KT -list -v -keystore " + name + " -storepass " + shell_quoted(password));
}

const KeyEntry& key_entry(const Keystore& keystore, const std::string& alias) {
    for (const KeystoreEntry& entry : keystore.entries) {
        if (const auto* key = std::get_if<KeyEntry>(&entry); key != nullptr && key->alias == alias) return *key;
    }
    throw Error(Code::not_found, "no key entry " + in_quotes(alias));
}

bool has_finding(const DecodedKeystore& decoded, const std::string& code) {
    for (const Finding& finding : decoded.findings) {
        if (finding.code == code) return true;
    }
    return false;
}

bool key_fits(const Secret& pkcs8, const Bytes& certificate) {
    const unsigned char* at = pkcs8.reveal_bytes().data();
    EVP_PKEY* key = d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(pkcs8.size()));
    at = certificate.data();
    X509* x509 = d2i_X509(nullptr, &at, static_cast<long>(certificate.size()));
    const bool fits = key != nullptr && x509 != nullptr && X509_check_private_key(x509, key) == 1;
    X509_free(x509);
    EVP_PKEY_free(key);
    return fits;
}

}  // namespace umsadm::test
