using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu;

/// <summary>A step's sequences, packed back to back, and where the cache holds their tokens.</summary>
internal unsafe struct PagedSequences
{
    /// <summary>int32 [sequences, max blocks].</summary>
    public int* BlockTable;

    /// <summary>int32 [sequences + 1]: where each sequence's tokens start in the packed step.</summary>
    public int* CumulativeLengths;

    /// <summary>int32 [sequences]: tokens already in the cache.</summary>
    public int* PastLengths;

    public int Tokens;
    public int Count;
    public int MaxBlocks;

    /// <summary>Blocks of the cache.</summary>
    public int Blocks;

    /// <summary>Tokens in a block.</summary>
    public int BlockSize;

    /// <summary>Rows of the rotary tables.</summary>
    public int Positions;

    /// <summary>The blocks of a sequence in the order of its positions.</summary>
    public readonly int* BlocksOf(int sequence) => BlockTable + (long)sequence * MaxBlocks;

    /// <summary>New tokens of a sequence.</summary>
    public readonly int TokensOf(int sequence) => CumulativeLengths[sequence + 1] - CumulativeLengths[sequence];

    /// <summary>A packed token's position in its sequence.</summary>
    public readonly int PositionOf(int token, int sequence) => PastLengths[sequence] + token - CumulativeLengths[sequence];

    /// <summary>The sequence that a packed token belongs to.</summary>
    public readonly int SequenceOf(int token)
    {
        // The last sequence that starts at or before the token.
        int low = 0, high = Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (CumulativeLengths[middle] <= token)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    /// <summary>Checks the tables: a wrong one must not reach foreign memory.</summary>
    /// <exception cref="ArgumentException">A length or a block is impossible.</exception>
    public readonly void Validate()
    {
        Arguments.Require(CumulativeLengths[0] == 0 && CumulativeLengths[Count] == Tokens, "cumulative lengths do not span the tokens");
        for (var sequence = 0; sequence < Count; sequence++)
        {
            var tokens = TokensOf(sequence);
            var length = (long)PastLengths[sequence] + tokens;
            Arguments.Require(tokens >= 0 && PastLengths[sequence] >= 0, "a length is negative");
            Arguments.Require(length <= Positions, "a sequence is longer than the rotary tables");
            Arguments.Require(length <= (long)MaxBlocks * BlockSize, "a sequence is longer than its block table");
            var blocks = (length + BlockSize - 1) / BlockSize;
            for (var i = 0; i < blocks; i++)
            {
                Arguments.Require((uint)BlocksOf(sequence)[i] < (uint)Blocks, "a block is outside the cache");
            }
        }
    }

    /// <summary>Reads the three inputs; the sizes of step, cache and rotary tables are the caller's to add.</summary>
    /// <exception cref="ArgumentException">They disagree on the number of sequences.</exception>
    public static PagedSequences Read(KernelTensor blockTable, KernelTensor cumulativeLengths, KernelTensor pastLengths)
    {
        var count = pastLengths[0];
        Arguments.Require(cumulativeLengths[0] == count + 1 && blockTable[0] == count, "the inputs disagree on the number of sequences");
        return new PagedSequences
        {
            BlockTable = blockTable.Data<int>(),
            CumulativeLengths = cumulativeLengths.Data<int>(),
            PastLengths = pastLengths.Data<int>(),
            Count = count,
            MaxBlocks = blockTable[1],
        };
    }
}
