#include <algorithm>
#include <cstdio>
#include <fstream>

#include <catch2/catch.hpp>

#include "umsadm/base/text.hpp"
#include "umsadm/registry/audit.hpp"
#include "umsadm/registry/audit_chain.hpp"

#include "unit/error_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::TempFolder;

namespace {

using Lines = std::vector<std::string>;

AuditEntry entry(std::string subject) {
    AuditEntry result;
    result.time = *parse_utc("2026-11-21T18:30:00Z");
    result.user = "root@admin";
    result.action = "keystore update";
    result.subject = std::move(subject);
    result.result = "updated";
    return result;
}

// A site whose log has six lines, from "a" to "f".
struct Log {
    Log() : site(Site::create(temp / "site")) {
        for (const char* subject : {"a", "b", "c", "d", "e", "f"}) append_audit(site, entry(subject));
        lines = split(read_text_file(site.audit_log(), 1U << 20U), '\n');
        lines.pop_back();
        REQUIRE(lines.size() == 6);
    }
    // The lines of the array, whatever was done to them, as the log.
    void write() const {
        std::ofstream file(site.audit_log(), std::ios::binary | std::ios::trunc);
        for (const std::string& line : lines) file << line << '\n';
    }
    Lines codes() const {
        Lines result;
        for (const Finding& finding : verify_audit(site).findings) result.push_back(finding.code);
        return result;
    }
    std::string text() const {
        std::string result;
        for (const Finding& finding : verify_audit(site).findings) result += finding.text + "\n";
        return result;
    }

    TempFolder temp;
    Site site;
    Lines lines;
};

std::string changed(std::string line) {
    const auto at = line.find("root@admin");
    REQUIRE(at != std::string::npos);
    return line.replace(at, 4, "anna");
}

std::string digest_by_sha256sum(const std::string& line) {
    const std::string command = "printf '%s\\n' " + shell_quoted(line) + " | sha256sum";
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    char digits[65] = {};
    const std::size_t count = std::fread(digits, 1, 64, pipe);
    REQUIRE(::pclose(pipe) == 0);
    return {digits, count};
}

}  // namespace

TEST_CASE("verify_audit accepts what append_audit wrote, and says its last digest", "[registry][audit]") {
    const Log log;
    const AuditChain chain = verify_audit(log.site);
    CHECK(chain.findings.empty());
    CHECK(chain.lines == 6);
    CHECK(chain.last_digest == digest_by_sha256sum(log.lines.back()));
    CHECK_FALSE(chain.expected_line);
}

TEST_CASE("verify_audit accepts lines from before there were tickets", "[registry][audit]") {
    const Log log;
    AuditEntry with_ticket = entry("g");
    with_ticket.ticket = "CHG-4711";
    append_audit(log.site, with_ticket);
    append_audit(log.site, entry("h"));
    CHECK(verify_audit(log.site).findings.empty());
    std::vector<AuditEntry> read;
    CHECK_FALSE(read_audit(log.site, [&](const AuditLine& line) { read.push_back(line.entry.value()); }));
    REQUIRE(read.size() == 8);
    CHECK(read[5] == entry("f"));
    CHECK(read[6] == with_ticket);
    CHECK(read[7] == entry("h"));
}

TEST_CASE("verify_audit names the place of a line that was changed or removed", "[registry][audit]") {
    Log log;
    SECTION("changed: the next one shows it") {
        log.lines[2] = changed(log.lines[2]);
        log.write();
        CHECK(log.codes() == Lines{"audit-changed"});
        CHECK(log.text().find("line 4 does not follow line 3") == 0);
    }
    SECTION("changed by one byte that JSON does not mind") {
        log.lines[2].insert(1, " ");
        log.write();
        CHECK(log.text().find("line 4 does not follow line 3") == 0);
    }
    SECTION("removed") {
        log.lines.erase(log.lines.begin() + 2);
        log.write();
        CHECK(log.codes() == Lines{"audit-changed"});
        CHECK(log.text().find("line 3 does not follow line 2") == 0);
    }
    SECTION("the first ones removed") {
        log.lines.erase(log.lines.begin(), log.lines.begin() + 2);
        log.write();
        CHECK(log.codes() == Lines{"audit-changed"});
        CHECK(log.text().find("line 1 was changed, or lines before it are missing") == 0);
    }
    SECTION("no JSON any more") {
        log.lines[2] = "lost";
        log.write();
        CHECK(log.codes() == Lines{"audit-unreadable", "audit-changed"});
        CHECK(log.text().find("line 3 is no line") == 0);
    }
    SECTION("two places") {
        log.lines[0] = changed(log.lines[0]);
        log.lines.erase(log.lines.begin() + 3);
        log.write();
        CHECK(log.codes() == Lines{"audit-changed", "audit-changed"});
    }
}

TEST_CASE("verify_audit tells inserted lines from moved ones", "[registry][audit]") {
    Log log;
    SECTION("inserted, as if it followed") {
        log.lines.insert(log.lines.begin() + 3, changed(log.lines[3]));
        log.write();
        CHECK(log.codes() == Lines{"audit-inserted"});
        CHECK(log.text() == "line 4 was inserted: line 5 was written right after line 3\n");
    }
    SECTION("inserted, following nothing") {
        std::string foreign = log.lines[3];
        foreign.replace(foreign.find("\"previous\":\"") + 12, 64, std::string(64, 'a'));
        log.lines.insert(log.lines.begin() + 2, {foreign, "nonsense"});
        log.write();
        CHECK(log.codes() == Lines{"audit-inserted"});
        CHECK(log.text() == "lines 3 to 4 were inserted: line 5 was written right after line 2\n");
    }
    SECTION("twice the same") {
        log.lines.insert(log.lines.begin() + 3, log.lines[2]);
        log.write();
        CHECK(log.codes() == Lines{"audit-inserted"});
    }
    SECTION("before the first one") {
        log.lines.insert(log.lines.begin(), changed(log.lines[0]));
        log.write();
        CHECK(log.text() == "line 1 was inserted: line 2 was written as the first one\n");
    }
    SECTION("two lines exchanged") {
        std::swap(log.lines[2], log.lines[3]);
        log.write();
        CHECK(log.codes() == Lines{"audit-reordered", "audit-reordered", "audit-reordered"});
        CHECK(log.text().find("line 3 was written right after line 4\n") == 0);
    }
    SECTION("all of it backwards") {
        std::reverse(log.lines.begin(), log.lines.end());
        log.write();
        CHECK(log.codes() == Lines(6, "audit-reordered"));
    }
}

TEST_CASE("verify_audit sees a cut end only with a digest that was noted before", "[registry][audit]") {
    Log log;
    const std::string noted = verify_audit(log.site).last_digest;
    SECTION("cut off") { log.lines.resize(4); }
    SECTION("the last line changed") { log.lines[5] = changed(log.lines[5]); }
    log.write();
    CHECK(verify_audit(log.site).findings.empty());
    const AuditChain chain = verify_audit(log.site, noted);
    REQUIRE(chain.findings.size() == 1);
    CHECK(chain.findings.front().code == "audit-end-missing");
    CHECK_FALSE(chain.expected_line);
}

TEST_CASE("verify_audit finds a noted digest in a log that has grown since", "[registry][audit]") {
    const Log log;
    const std::string noted = verify_audit(log.site).last_digest;
    append_audit(log.site, entry("later"));
    const AuditChain chain = verify_audit(log.site, to_upper(noted));
    CHECK(chain.findings.empty());
    CHECK(chain.expected_line == 6U);
    CHECK(verify_audit(log.site, std::string(64, '0')).expected_line == 0U);
}

TEST_CASE("a torn last audit line is passed over and told", "[registry][audit]") {
    const Log log;
    const std::string before = verify_audit(log.site).last_digest;
    std::ofstream(log.site.audit_log(), std::ios::app) << R"({"time":"2026-11-)";
    const AuditChain chain = verify_audit(log.site);
    CHECK(log.codes() == Lines{"audit-torn-line"});
    CHECK_FALSE(has_errors(chain.findings));
    CHECK(chain.last_digest == before);
    std::size_t count = 0;
    CHECK(read_audit(log.site, [&](const AuditLine&) { ++count; }));
    CHECK(count == 6);
    append_audit(log.site, entry("after the crash"));
    CHECK(verify_audit(log.site).findings.empty());
}

TEST_CASE("an audit log without a line is told", "[registry][audit]") {
    Log log;
    SECTION("emptied") {
        log.lines.clear();
        log.write();
    }
    SECTION("removed") { std::filesystem::remove(log.site.audit_log()); }
    SECTION("one torn line only") {
        std::ofstream(log.site.audit_log(), std::ios::trunc) << "{";
        CHECK(log.codes() == Lines{"audit-empty", "audit-torn-line"});
        return;
    }
    CHECK(log.codes() == Lines{"audit-empty"});
    CHECK(verify_audit(log.site).last_digest == std::string(64, '0'));
}

TEST_CASE("a log that is no file is not read", "[registry][audit]") {
    const Log log;
    std::filesystem::remove(log.site.audit_log());
    std::filesystem::create_directory(log.site.audit_log());
    CHECK(test::error_of([&] { verify_audit(log.site); }).code() == Code::failed);
}

TEST_CASE("an audit line that cannot be read hides no other", "[registry][audit]") {
    Log log;
    log.lines[1] = R"({"time":"2026-11-21T18:30:00Z","user":"x","action":"y","result":"z","previous":"","more":1})";
    log.lines[2] = "\xff\xfe";
    log.lines[3].clear();
    log.write();
    std::vector<AuditLine> read;
    read_audit(log.site, [&](const AuditLine& line) { read.push_back(line); });
    REQUIRE(read.size() == 6);
    CHECK(read[0].entry == entry("a"));
    for (const std::size_t i : {1U, 2U, 3U}) {
        CHECK(read[i].number == i + 1);
        CHECK_FALSE(read[i].entry);
        CHECK_FALSE(read[i].problem.empty());
    }
    CHECK(read[5].entry == entry("f"));
}
