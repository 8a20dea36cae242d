#include <filesystem>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "umsadm/crypto/digest.hpp"
#include "umsadm/deploy/observe.hpp"

#include "faulty_host.hpp"
#include "gateway_box.hpp"

using namespace umsadm;
using namespace umsadm::test;
namespace fs = std::filesystem;

namespace {

// INSTALL/usg/{conf,keys}, as the vendor's installer leaves it; blanks and quotes in the path.
struct Installation {
    Installation() : root(folder.path() / "o'pt IGEL" / "icg") {
        fs::create_directories(root / "usg" / "conf");
        fs::create_directories(root / "usg" / "keys");
        for (int i = 0; i < 3000; ++i) content.push_back(static_cast<std::uint8_t>(i * 7));
        write_file(keystore(), content, 0640, IfExists::replace);
        write_text(config(), "server.ssl:\n  key-store: " + keystore().string() + "\n  key-store-password: changeit\n");
    }
    Path keystore() const { return root / "usg" / "keys" / "keystore.jks"; }
    Path config() const { return root / "usg" / "conf" / "application-prod.yml"; }
    ObserveRequest request() const { return {.install_path = root.string()}; }

    TemporaryFolder folder;
    Path root;
    Bytes content;
};

Error failure_of(const ObserveRequest& request) {
    const auto host = this_machine();
    try {
        observe_gateway(*host, request);
    } catch (const Error& error) {
        return error;
    }
    FAIL("no error");
    throw;
}

}  // namespace

TEST_CASE("observe_gateway reads configuration and keystore in one run", "[deploy][observe]") {
    if (!is_root_or_says_why()) return;
    const Installation icg;
    REQUIRE(::chown(icg.keystore().c_str(), 65111, 0) == 0);
    REQUIRE(::chmod(icg.keystore().c_str(), 04640) == 0);
    const Path backup = icg.keystore().string() + ".umsadm-20260101T000000Z-0123456789abcdef.bak";
    const Path staged = icg.keystore().parent_path() / ".keystore.jks.umsadm-0123456789abcdef.new";
    write_text(backup, "x");
    write_text(staged, "x");
    write_text(icg.keystore().parent_path() / "other.jks.umsadm-1.bak", "x");
    Fault counter;
    FaultyHost host(this_machine(), counter);
    const RemoteState state = observe_gateway(host, icg.request());
    CHECK(counter.runs == 1);
    CHECK(state.keystore.path == icg.keystore().string());
    CHECK(state.keystore.content == icg.content);
    CHECK(state.keystore.digest == sha256_hex(icg.content));
    CHECK(state.keystore.uid == 65111);
    CHECK(state.keystore.owner == "65111");
    CHECK(state.keystore.gid == 0);
    CHECK(state.keystore.group == "root");
    CHECK(state.keystore.mode == 04640);
    REQUIRE(state.config);
    CHECK(state.config->store_password.reveal() == "changeit");
    CHECK(state.own_files == std::vector<std::string>{staged.string(), backup.string()});
    CHECK(state.free_bytes > 0);
    CHECK(state.free_bytes <= fs::space(icg.root).capacity);
}

TEST_CASE("observe_gateway needs one run when keystore and passwords are given", "[deploy][observe]") {
    if (!is_root_or_says_why()) return;
    const Installation icg;
    fs::remove(icg.config());
    const Path link = icg.root / "link";
    fs::create_symlink("usg/keys/keystore.jks", link);
    Fault counter;
    FaultyHost host(this_machine(), counter);
    ObserveRequest request;
    request.keystore = link.string();
    request.config_needed = false;
    const RemoteState state = observe_gateway(host, request);
    CHECK(counter.runs == 1);
    CHECK(state.keystore.path == icg.keystore().string());
    CHECK_FALSE(state.config);
}

TEST_CASE("observe_gateway looks once more where the keystore is not in its usual place", "[deploy][observe]") {
    if (!is_root_or_says_why()) return;
    const Installation icg;
    const Path elsewhere = icg.root / "else where.jks";
    fs::copy(icg.keystore(), elsewhere);
    SECTION("nothing is in the usual place") { fs::remove(icg.keystore()); }
    SECTION("something else is") { write_text(icg.keystore(), "not this one"); }
    SECTION("something unusable is") { fs::resize_file(icg.keystore(), 9 * 1024 * 1024); }
    write_text(icg.config(), "server.ssl:\n  key-store: " + elsewhere.string() + "\n  key-store-password: changeit\n");
    Fault counter;
    FaultyHost host(this_machine(), counter);
    const RemoteState state = observe_gateway(host, icg.request());
    CHECK(counter.runs == 2);
    CHECK(state.keystore.path == elsewhere.string());
    CHECK(state.keystore.content == icg.content);
    REQUIRE(state.config);
    CHECK(state.config->store_password.reveal() == "changeit");
}

TEST_CASE("observe_gateway takes the lock of the keystore that is to be changed", "[deploy][observe]") {
    if (!is_root_or_says_why()) return;
    const Installation icg;
    ObserveRequest request = icg.request();
    const auto host = this_machine();
    const auto other = this_machine();
    const std::string folder = icg.keystore().parent_path().string();
    observe_gateway(*host, request);
    CHECK(other->lock_folder(folder));
    request.to_change = true;
    // It is looked at in any case.
    CHECK(observe_gateway(*host, request).keystore.content == icg.content);
    CHECK_FALSE(host->lock_folder(folder));
    const auto third = this_machine();
    const Path behind = icg.root / "behind";
    fs::create_directory(behind);
    fs::copy(icg.keystore(), behind / "keystore.jks");
    fs::remove(icg.keystore());
    fs::create_symlink(behind / "keystore.jks", icg.keystore());
    const RemoteState state = observe_gateway(*third, request);
    CHECK(third->lock_folder(Path(state.keystore.path).parent_path().string()));
    CHECK_FALSE(this_machine()->lock_folder(behind.string()));
}

TEST_CASE("observe_gateway finds the keystore without looking at passwords it was given", "[deploy][observe]") {
    if (!is_root_or_says_why()) return;
    const Installation icg;
    write_text(icg.config(), "server.ssl: {key-store: '" + std::string("/") + "', key-store-password: '${PW}'}");
    ObserveRequest request = icg.request();
    request.config_needed = false;
    CHECK(failure_of(request).message().find("is no file") != std::string::npos);
    write_text(icg.config(),
               "server.ssl: {key-store: \"" + icg.keystore().string() + "\", key-store-password: '${PW}'}");
    const auto host = this_machine();
    CHECK(observe_gateway(*host, request).keystore.content == icg.content);
}

TEST_CASE("observe_gateway names what is not there or not usable", "[deploy][observe]") {
    if (!is_root_or_says_why()) return;
    const Installation icg;
    ObserveRequest request = icg.request();
    Code expected = Code::not_found;
    Path named = icg.config();
    SECTION("no configuration") { fs::remove(icg.config()); }
    SECTION("another configuration") {
        request.config = "/no/such.yml";
        named = request.config;
    }
    SECTION("no keystore") {
        fs::remove(icg.keystore());
        named = icg.keystore();
    }
    SECTION("a folder") {
        request.keystore = icg.root.string();
        named = icg.root;
        expected = Code::invalid_data;
    }
    SECTION("a dangling link") {
        fs::rename(icg.keystore(), icg.root / "away");
        fs::create_symlink("nowhere", icg.keystore());
        named = icg.keystore();
    }
    SECTION("too large") {
        fs::resize_file(icg.keystore(), 9 * 1024 * 1024);
        named = icg.keystore();
        expected = Code::invalid_data;
    }
    const Error error = failure_of(request);
    CAPTURE(error.message());
    CHECK(error.code() == expected);
    CHECK(error.message().find(named.string()) != std::string::npos);
    CHECK_FALSE(error.hint().empty());
}
