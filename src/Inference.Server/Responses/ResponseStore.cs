using System.Collections.Concurrent;
using System.Text.Json;
using Inference.Protocol.OpenAi;
using Inference.Protocol.OpenAi.Responses;
using Inference.Server.Options;
using Inference.Server.Storage;
using Microsoft.Data.Sqlite;

namespace Inference.Server.Responses;

/// <summary>
/// The responses that can be fetched later. What is saved can be found at once, and comes to the disk in the background. Each owner finds
/// only its own.
/// </summary>
internal sealed partial class ResponseStore(Database database, ServerOptions options, TimeProvider time, ILogger<ResponseStore> logger)
{
    // What waits for the disk is in memory.
    private const int MaxPending = 1024;
    private const int SavesPerTrim = 256;

    private readonly ConcurrentDictionary<string, ResponseRecord> _unwritten = new();
    private int _saves;

    /// <summary>Whether the disk is so far behind that no more should be saved.</summary>
    public bool IsBehind => _unwritten.Count >= MaxPending;

    /// <summary>Saves a response, or what has become of it.</summary>
    /// <returns>Done when it is on the disk; never fails, for nobody who could mend it waits.</returns>
    public async Task SaveAsync(ResponseRecord record)
    {
        var id = record.Response.Id;
        _unwritten[id] = record;
        try
        {
            await database.WriteAsync(connection => Write(connection, record));
        }
        catch (SqliteException exception)
        {
            Log.CannotSave(logger, id, exception.Message);
        }

        // Unless something newer has come meanwhile.
        _unwritten.TryRemove(KeyValuePair.Create(id, record));
    }

    /// <summary>A response, or null.</summary>
    public ResponseRecord? Find(string id, string owner)
    {
        var record = _unwritten.GetValueOrDefault(id) ?? (database.IsOpen ? database.Read(connection => Read(connection, id)) : null);
        return record?.Owner == owner ? record : null;
    }

    /// <summary>An item that was generated, by its id, or null.</summary>
    public JsonElement? FindItem(string id, string owner)
    {
        var unwritten = _unwritten.Values.FirstOrDefault(record => record.Owner == owner && record.Response.Output.Any(item => item.Id == id));
        if (unwritten is not null)
        {
            return JsonSerializer.SerializeToElement(unwritten.Response.Output.First(item => item.Id == id), OpenAiJsonContext.Default.ResponseItem);
        }

        return database.IsOpen ? database.Read(connection => ReadItem(connection, id, owner)) : null;
    }

    /// <summary>Deletes a response.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> DeleteAsync(string id, string owner)
    {
        if (Find(id, owner) is null)
        {
            return false;
        }

        // Writes are in order: it is written by then.
        await database.WriteAsync(connection => connection.Execute("DELETE FROM responses WHERE id = $id", ("$id", id)));
        return true;
    }

    /// <summary>Deletes what is too old or too much.</summary>
    public Task SweepAsync() => database.WriteAsync(connection =>
    {
        var oldest = (time.GetUtcNow() - options.ResponseRetention).ToUnixTimeSeconds();
        connection.Execute("DELETE FROM responses WHERE created_at < $oldest", ("$oldest", oldest));
        Trim(connection);
    });

    /// <summary>What was being generated when the server ended has failed.</summary>
    public Task FailInterruptedAsync() => !database.IsOpen ? Task.CompletedTask : database.WriteAsync(connection =>
    {
        var interrupted = connection.Query("SELECT id FROM responses WHERE status IN ('queued', 'in_progress')", row => row.GetString(0));
        foreach (var record in interrupted.Select(id => Read(connection, id)!))
        {
            var response = record.Response with
            {
                Status = "failed",
                Error = new ResponseFailure("server_error", "The server ended before the response was complete."),
            };
            Write(connection, record with { Response = response });
        }
    });

    private void Write(SqliteConnection connection, ResponseRecord record)
    {
        var response = record.Response;
        connection.Execute(
            """
            INSERT INTO responses (id, owner, created_at, status, body, input, events) VALUES ($id, $owner, $created, $status, $body, $input, $events)
            ON CONFLICT (id) DO UPDATE SET status = $status, body = $body, events = $events
            """,
            ("$id", response.Id),
            ("$owner", record.Owner),
            ("$created", response.CreatedAt),
            ("$status", response.Status),
            ("$body", JsonSerializer.SerializeToUtf8Bytes(response, OpenAiJsonContext.Default.ResponseObject)),
            ("$input", JsonSerializer.SerializeToUtf8Bytes(record.Input, OpenAiJsonContext.Default.IReadOnlyListJsonElement)),
            ("$events", record.Events));
        foreach (var item in response.Output)
        {
            connection.Execute(
                "INSERT OR REPLACE INTO response_items (id, response_id, item) VALUES ($id, $response, $item)",
                ("$id", item.Id),
                ("$response", response.Id),
                ("$item", JsonSerializer.SerializeToUtf8Bytes(item, OpenAiJsonContext.Default.ResponseItem)));
        }

        // On the writing thread alone.
        if (++_saves % SavesPerTrim == 0)
        {
            Trim(connection);
        }
    }

    private void Trim(SqliteConnection connection) => connection.Execute(
        "DELETE FROM responses WHERE seq <= (SELECT seq FROM responses ORDER BY seq DESC LIMIT 1 OFFSET $kept)",
        ("$kept", options.MaxStoredResponses));

    private static ResponseRecord? Read(SqliteConnection connection, string id) => connection.Query(
        "SELECT owner, body, input, events FROM responses WHERE id = $id",
        row => new ResponseRecord(
            row.GetString(0),
            JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(1), OpenAiJsonContext.Default.ResponseObject)!,
            JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(2), OpenAiJsonContext.Default.IReadOnlyListJsonElement)!)
        {
            Events = row.Get<byte[]>(3),
        },
        ("$id", id)).FirstOrDefault();

    private static JsonElement? ReadItem(SqliteConnection connection, string id, string owner)
    {
        var items = connection.Query(
            "SELECT item FROM response_items JOIN responses ON responses.id = response_id WHERE response_items.id = $id AND owner = $owner",
            row => row.GetFieldValue<byte[]>(0),
            ("$id", id),
            ("$owner", owner));
        return items.Count > 0 ? JsonElement.Parse(items[0]) : null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The response {Id} cannot be stored: {Reason}")]
        public static partial void CannotSave(ILogger logger, string id, string reason);
    }
}
