#include "lib/registry/record_file.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"

namespace umsadm {
namespace {

constexpr std::int64_t k_schema = 1;
constexpr int k_deepest = 8;
constexpr std::size_t k_most_fields = 1000;
constexpr std::string_view k_hint = "correct the file by hand, or put it back from a backup";

Error not_json(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, std::min(byte, text.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    return Error(Code::invalid_data, fmt::format("not valid JSON at line {}", line), std::string(k_hint));
}

// The library keeps the last of several fields with one name, silently. Two readers that see different values in one
// file are a way to smuggle something past a reviewer, so it is an error here.
class StrictParse {
public:
    bool operator()(int depth, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
        using Event = nlohmann::json::parse_event_t;
        if (event == Event::object_start || event == Event::array_start) {
            if (depth >= k_deepest)
                throw Error(Code::invalid_data, "the JSON is nested too deeply", std::string(k_hint));
        }
        if (event == Event::object_start) m_open.emplace_back();
        if (event == Event::object_end) m_open.pop_back();
        if (event == Event::key && m_open.back().size() == k_most_fields) {
            throw Error(Code::invalid_data, fmt::format("an object in the JSON has more than {} fields", k_most_fields),
                        std::string(k_hint));
        }
        if (event == Event::key && !m_open.back().insert(parsed.get<std::string>()).second) {
            throw Error(Code::invalid_data, fmt::format("field {} is there twice", parsed.dump()), std::string(k_hint));
        }
        return true;
    }

private:
    std::vector<std::set<std::string>> m_open;
};

void check_schema(RecordReader& reader) {
    const std::int64_t schema = reader.number("schema", 1, std::numeric_limits<std::int64_t>::max());
    if (schema > k_schema) {
        throw Error(
            Code::invalid_data,
            fmt::format("this file was written by a newer umsadm (schema {}, this one knows {})", schema, k_schema),
            "use the newer umsadm");
    }
}

}  // namespace

nlohmann::json parse_json(std::string_view text) {
    StrictParse strict;
    try {
        return nlohmann::json::parse(text, std::ref(strict));
    } catch (const nlohmann::json::parse_error& error) {
        throw not_json(text, error.byte);
    } catch (const nlohmann::json::exception&) {
        // A number that no type can hold (1e999).
        throw Error(Code::invalid_data, "a number in the JSON is too large", std::string(k_hint));
    }
}

void read_record(const Path& path, const std::function<void(RecordReader&)>& read) {
    with_context("reading " + path.string(), [&] {
        const nlohmann::json json = parse_json(as_text(read_file(path, k_record_limit)));
        RecordReader reader(json);
        check_schema(reader);
        read(reader);
        reader.finish();
    });
}

nlohmann::ordered_json new_record() { return {{"schema", k_schema}}; }

std::string record_text(const nlohmann::ordered_json& record) { return record.dump(2) + '\n'; }

std::string line_text(const nlohmann::ordered_json& line) {
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace umsadm
