// Whether a configuration of OpenSSH is worth a call of ssh(1).
#include <fstream>

#include <catch2/catch.hpp>

#include "apps/umsadm/ssh_config_files.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::app::concerns_logins;
using umsadm::test::TempFolder;

namespace {

void write(const Path& path, const std::string& text) { std::ofstream(path) << text; }

bool concerns(const std::string& text) {
    const TempFolder folder;
    write(folder.path() / "config", text);
    return concerns_logins(folder.path() / "config", folder.path());
}

}  // namespace

TEST_CASE("a configuration that is not there, empty, or as it comes with OpenSSH says nothing", "[apps][ssh-config]") {
    const TempFolder folder;
    CHECK_FALSE(concerns_logins(folder.path() / "config", folder.path()));
    CHECK_FALSE(concerns(""));
    CHECK_FALSE(concerns("# Port 22\n\nHost *\n#   User me\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n"));
    CHECK_FALSE(concerns("Include nothing.d/*.conf\n"));
}

TEST_CASE("a line that changes where or as whom somebody logs in concerns us", "[apps][ssh-config]") {
    for (const char* line : {"Port 22", "\tuser me", "HOSTNAME=10.0.0.5", "IdentityFile = ~/.ssh/id", "ProxyJump gate",
                             "ProxyCommand nc %h %p", "IdentityAgent none", "HostKeyAlias other"}) {
        INFO(line);
        CHECK(concerns(std::string("Host *\n") + line + "\n"));
        CHECK(concerns(std::string("Host *\r\n") + line + "\r\n"));
    }
}

TEST_CASE("what a configuration includes is read, and what cannot be told is left to ssh", "[apps][ssh-config]") {
    const TempFolder folder;
    std::filesystem::create_directory(folder.path() / "more");
    const Path config = folder.path() / "config";
    write(config, "Include more/*.conf\n");
    write(folder.path() / "more" / "one.conf", "SendEnv LANG\n");
    CHECK_FALSE(concerns_logins(config, folder.path()));
    write(folder.path() / "more" / "two.conf", "User admin\n");
    CHECK(concerns_logins(config, folder.path()));
    write(config, "Include ~/elsewhere\n");
    CHECK(concerns_logins(config, folder.path()));
    write(config, "Include config\n");  // itself, for ever
    CHECK(concerns_logins(config, folder.path()));
}
