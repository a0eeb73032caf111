export declare const target: string
export declare function generateFields(): string
