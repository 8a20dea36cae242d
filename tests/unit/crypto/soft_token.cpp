#include "unit/crypto/soft_token.hpp"

#include <cstdlib>
#include <functional>

#include <catch2/catch.hpp>
#include <dlfcn.h>

namespace umsadm::test {
namespace {

const char* const k_module = "/usr/lib/softhsm/libsofthsm2.so";

// OpenSC's module that passes every call on to another one and writes it down.
std::filesystem::path spy() {
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib")) {
        std::error_code none;
        if (std::filesystem::path path = entry.path() / "pkcs11-spy.so"; std::filesystem::exists(path, none))
            return path;
    }
    return {};
}

// One file for the process: the module opens it once.
const std::filesystem::path& call_log() {
    static const OpensslReferee folder;
    static const std::filesystem::path file = folder.folder() / "calls";
    return file;
}

}  // namespace

bool SoftTokens::available() {
    if (!has_tool("softhsm2-util") || !has_tool("pkcs11-tool")) return false;
    if (run_in("/", "openssl engine pkcs11").status != 0) {
        WARN("skipped: OpenSSL's engine \"pkcs11\" is not installed");
        return false;
    }
    if (std::filesystem::exists(k_module) && !spy().empty()) return true;
    WARN("skipped: libsofthsm2.so or pkcs11-spy.so is not installed");
    return false;
}

SoftTokens::SoftTokens() {
    const std::string folder = m_referee.folder().string();
    std::filesystem::create_directory(m_referee.folder() / "tokens");
    write_text(m_referee.folder() / "softhsm2.conf",
               "directories.tokendir = " + folder + "/tokens\nobjectstore.backend = file\nlog.level = ERROR\n");
    ::setenv("SOFTHSM2_CONF", (folder + "/softhsm2.conf").c_str(), 1);
    ::setenv("PKCS11SPY", k_module, 1);
    ::setenv("PKCS11SPY_OUTPUT", call_log().c_str(), 1);
    write_text(call_log(), "");
    // It stays loaded: each time it is unloaded it loses memory, and LeakSanitizer could not say whose that was.
    (void)::dlopen(spy().c_str(), RTLD_NOW | RTLD_NODELETE);
}

SoftTokens::~SoftTokens() {
    for (const char* name : {"SOFTHSM2_CONF", "PKCS11SPY", "PKCS11SPY_OUTPUT"}) ::unsetenv(name);
}

void SoftTokens::make_token(const std::string& label, const std::string& pin) const {
    m_referee.must("softhsm2-util --init-token --free --label '" + label + "' --so-pin 87654321 --pin " + pin);
}

void SoftTokens::make_key(const std::string& token, const std::string& pin, const std::string& kind,
                          const std::string& label, const std::string& options) const {
    const std::string id = std::to_string(std::hash<std::string>{}(label) % 90 + 10);
    tool("--token-label '" + token + "' --login --pin " + pin + " --keypairgen --key-type " + kind + " --label '" +
         label + "' --id " + id + " " + options);
}

std::string SoftTokens::tool(const std::string& arguments) const {
    return m_referee.must("pkcs11-tool --module " + std::string(k_module) + " " + arguments);
}

std::string SoftTokens::uri(const std::string& token, const std::string& label) const {
    return "pkcs11:token=" + token + ";object=" + label + "?module-path=" + spy().string();
}

int SoftTokens::calls_of(const std::string& function) const {
    return std::stoi("0" + m_referee.run("grep -c ': " + function + "$' '" + call_log().string() + "'").text);
}

}  // namespace umsadm::test
