#include <filesystem>

#include <catch2/catch.hpp>
#include <sys/mount.h>

#include "umsadm/base/text.hpp"

#include "gateway_box.hpp"

using namespace umsadm;
using namespace umsadm::test;
namespace fs = std::filesystem;

namespace {

// A small file system of its own in place of the folder of the keystore.
class SmallDisk {
public:
    SmallDisk(GatewayBox& box, const char* options) : m_box(box), m_folder(box.files.live().parent_path()) {
        m_box.host = this_machine(&m_box.cancellation);  // the lock was on the folder below
        m_mounted = ::mount("tmpfs", m_folder.c_str(), "tmpfs", 0, options) == 0;
        if (m_mounted) write_file(box.files.live(), box.old_identity.pem, 0640, IfExists::replace);
    }
    ~SmallDisk() {
        m_box.host.reset();
        if (m_mounted) ::umount2(m_folder.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool mounted_or_says_why() const {
        if (!m_mounted) WARN("skipped: no tmpfs can be mounted here");
        return m_mounted;
    }
    // Takes all room but `left` bytes.
    void fill(std::size_t left) const {
        const auto space = fs::space(m_folder);
        write_file(m_folder / "filler", Bytes(space.available - left, 'x'), 0600, IfExists::replace);
    }

private:
    GatewayBox& m_box;
    Path m_folder;
    bool m_mounted = false;
};

}  // namespace

TEST_CASE("a full disk changes nothing before the rename", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    std::string options = "size=512k";
    std::string when;
    SECTION("too little room for backup and upload") { when = "backing up"; }
    SECTION("no file for the upload") { options = "size=512k,nr_inodes=3"; }
    SECTION("no file can be made") { options = "size=512k,nr_inodes=2"; }
    const SmallDisk disk(box, options.c_str());
    if (!disk.mounted_or_says_why()) return;
    box.on_progress = [&](std::string_view step) {
        if (!when.empty() && step.starts_with(when)) disk.fill(0);
    };
    const Outcome outcome = box.execute();
    CHECK(outcome.result == RunOutcome::failed);
    REQUIRE(outcome.error);
    CHECK(outcome.error->code() == Code::failed);
    CAPTURE(outcome.error->message());
    CHECK(to_lower(outcome.error->message()).find("no space left") != std::string::npos);
    fs::remove(box.files.live().parent_path() / "filler");
    CHECK(box.files.files_beside_keystore().empty());
    CHECK(box.lives(box.old_identity));
    CHECK(box.serves(box.old_identity));
}

TEST_CASE("a disk that is full after the rename does not keep the old keystore from coming back", "[deploy]") {
    if (!is_root_or_says_why()) return;
    GatewayBox box;
    const SmallDisk disk(box, "size=512k");
    if (!disk.mounted_or_says_why()) return;
    box.on_progress = [&](std::string_view step) {
        if (step.starts_with("restarting the gateway") && !step.ends_with("old keystore")) disk.fill(0);
    };
    box.plan.restart_command = "cmp -s " + box.files.live().string() + " " + box.files.identity("old").string() +
                               " && { " + box.files.restart_command() + "; }";
    const Outcome outcome = box.execute();
    CAPTURE(outcome.error->message());
    CHECK(outcome.result == RunOutcome::restored);
    CHECK(box.lives(box.old_identity));
    CHECK(box.serves(box.old_identity));
    CHECK(fs::exists(outcome.backup));
}
