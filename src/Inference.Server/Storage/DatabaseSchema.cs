using Inference.Server.Options;
using Microsoft.Data.Sqlite;

namespace Inference.Server.Storage;

/// <summary>The tables. Bodies are JSON as clients see it; what is looked for has a column of its own.</summary>
internal static class DatabaseSchema
{
    private const int Version = 1;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;
    private const int Busy = 5;
    private const int Locked = 6;

    private const string Tables = """
        CREATE TABLE responses (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, created_at INTEGER NOT NULL,
            status TEXT NOT NULL, body BLOB NOT NULL, input BLOB NOT NULL, events BLOB);
        CREATE INDEX responses_by_age ON responses (created_at);
        CREATE TABLE response_items (
            id TEXT PRIMARY KEY, response_id TEXT NOT NULL REFERENCES responses (id) ON DELETE CASCADE, item BLOB NOT NULL);
        CREATE INDEX response_items_by_response ON response_items (response_id);
        CREATE TABLE files (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, filename TEXT NOT NULL,
            purpose TEXT NOT NULL, bytes INTEGER NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER);
        CREATE TABLE batches (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, status TEXT NOT NULL, body BLOB NOT NULL,
            output_seconds INTEGER, total INTEGER NOT NULL, completed INTEGER NOT NULL, failed INTEGER NOT NULL);
        CREATE TABLE batch_lines (
            batch_id TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE, line INTEGER NOT NULL, start INTEGER NOT NULL,
            length INTEGER NOT NULL, custom_id TEXT, is_error INTEGER, result BLOB, PRIMARY KEY (batch_id, line));
        """;

    /// <summary>Sets the database up, or sees that it is one of ours.</summary>
    /// <exception cref="OptionException">It is of a later version.</exception>
    public static void Apply(SqliteConnection connection)
    {
        connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
        var version = connection.Query("PRAGMA user_version", row => row.GetInt32(0)).Single();
        if (version > Version)
        {
            throw new OptionException($"--data-dir: the database {connection.DataSource} is of a later version of the server");
        }

        if (version < Version)
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute(Tables);
            connection.Execute($"PRAGMA user_version = {Version}");
            transaction.Commit();
        }
    }

    /// <summary>What a failure to open means, in words.</summary>
    public static string Explain(SqliteException exception) => exception.SqliteErrorCode switch
    {
        Corrupt or NotADatabase => "is damaged, or no database; move it away to start with an empty one",
        Busy or Locked => "is locked by another process",
        _ => $"cannot be opened: {exception.Message}",
    };
}
